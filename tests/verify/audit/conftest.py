"""The functions of the collection are read by its test, not collected."""

collect_ignore_glob = ["functions/*"]
