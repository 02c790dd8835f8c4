"""The space itself: projections, measures, samplers and paths over anyone's embeddings.

Everything here takes arrays (and callables that decode or encode) and gives numbers, arrays or
small records; nothing knows about models, images or torch. Codes are arrays of shape (N, d).
"""
