"""Page layout, the frame around every page, components as template tags, the clock line, words for dates and times.

`README.md` lists the components. Style sheets and scripts stand in `web/static/yiwang`.
"""
