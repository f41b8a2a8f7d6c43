"""What a process that reads an untrusted file may use. It limits itself before it opens anything."""

from __future__ import annotations


def limit_resources(*, memory_bytes: int, seconds: int) -> None:
    """Limit the memory and CPU time of this process, and write no core dump when it is stopped.

    Args:
        memory_bytes: of its address space.
        seconds: of processor time.
    """
    try:
        import resource
    except ImportError:  # not a Unix: the wall-clock limit remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
