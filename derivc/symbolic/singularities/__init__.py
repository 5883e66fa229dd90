"""Where a function or its derivative fails to be smooth: found by structure, judged by numbers."""
