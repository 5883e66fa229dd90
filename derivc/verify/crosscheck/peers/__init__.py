"""The systems that a kernel is compared with, one small final class each."""
