"""A pipe whose reader begins when it is let."""

import os
import threading
import time


class Reader:
    """Reads a pipe to its end, in a thread."""

    def __init__(self) -> None:
        self.end, self.write_end = os.pipe()
        self.data = bytearray()
        self._pause = 0.0
        self._thread = threading.Thread(target=self._read)

    def begin(self, pause: float = 0.0) -> None:
        """Read from now on, with so many seconds before each read but the first."""
        self._pause = pause
        self._thread.start()

    def finish(self) -> bytes:
        """Return all that came; whoever writes has ended."""
        os.close(self.write_end)
        self._thread.join()
        os.close(self.end)
        return bytes(self.data)

    def _read(self) -> None:
        while data := os.read(self.end, 1 << 14):
            self.data += data
            time.sleep(self._pause)
