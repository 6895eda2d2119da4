"""What is planned where a bar is missed: (beginning of the measure's name, text).

Each text says what was measured (`perf record` on the server, sizes of the files' columns), then
what follows from it. The first that fits is shown, and only while its bar is missed.
"""

DISK = (
    "Values are delta-packed at about 0.42 B a sample where these walks hold 0.34 B of information, and "
    "the 5-minute rollups, where there are any, take half as much again: their sum, min, max and last are "
    "byte-stream-split floats. As delta-packed whole numbers they would take 18 % less, as min, max − min, "
    "last − min and sum − count × min 31 % less (computed over one file's columns). So: few rollups of "
    "young days, and narrower columns for whole numbers."
)

PLANS = [
    ("peak memory: history", "Clients send faster than flushes write, so the buffers fill up to their bound "
     "and bodies are refused; resident memory is then about three times that bound. So: smaller buffers, "
     "and finding out what holds the rest (flush, bodies in flight or the allocator)."),
    ("disk", DISK),
    ("1 host, 1 h", "1.6 ms of CPU a question. An eighth of the profile is switching between threads (to "
     "the catalog's and to those that read files). So: the catalog's list of files from memory, and the "
     "files of one host found without asking each of a thousand series."),
    ("JavaScript of", "That is every file of every page together. A first visit of a dashboard loads 259 kB "
     "(`node bench/dashboard.mjs`); the text editors alone are 114 kB and come when something is edited. "
     "So: measuring what a visit of each page loads."),
    ("by host", "More than a fifth of the profile is writing JSON through a tree of values. So: writing it directly."),
    ("start to ready", "Not yet profiled."),
    ("kill -9: start", "Not yet profiled; it grows with the log."),
]
