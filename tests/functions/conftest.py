"""What lies here is no test: functions that tests take, some of them written in PyTorch or JAX."""

collect_ignore_glob = ["*.py"]
