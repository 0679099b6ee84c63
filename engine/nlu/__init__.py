"""Components of the NLU pipeline; config.yml names them."""
