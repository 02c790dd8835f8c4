"""What needs a model or a trained judge: likelihood, legibility, decoding, samplers that learn."""
