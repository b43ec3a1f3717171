"""The centre of the library: what is shared, who may read it and why, what became of it. It holds no department's data.

Product versions and grants are its rows; departments stand behind `gateways`. A request to share is a case
(`requests`), the grant that comes of it is signed here and believed there.
"""
