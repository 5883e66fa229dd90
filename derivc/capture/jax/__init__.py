"""JAX: what each primitive of a jaxpr does to arrays of stand-ins, and the loop over equations."""
