"""The backend that writes modules for JAX."""
