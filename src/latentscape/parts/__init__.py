"""The parts a model is composed of; every one speaks in distributions.

*Corruption → encoder → bottleneck → decoder → likelihood*, an objective and regularizers.
Shapes throughout: B images, K samples of the posterior, d code numbers, G rate groups.
"""
