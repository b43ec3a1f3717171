"""Windows and the telephone: halls, whose visit it is, what a clerk receives and hands out for them.

A clerk opens a window, welcomes a visitor, fills in for them on the ordinary pages of a draft, lets them sign, sends it
and prints the receipt. On the telephone an operator does the same, and the caller confirms by codes. A clerk decides
nothing. Who wants a time of their own makes an appointment in a hall (`appointments`).
"""
