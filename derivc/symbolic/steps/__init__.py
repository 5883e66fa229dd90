"""Steps: how a derivative was found, rule by rule, told from what `differentiate` recorded."""
