"""Uplinks that take their time: every packet between two of the lab's networks passes a TUN device, and waits here.

In the place of netem, which many kernels lack; every kernel that has network namespaces for us has TUN devices, too.
"""
import fcntl
import heapq
import os
import select
import struct
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
MAX_WAITING = 20_000


def open_tun(name):
    """A new TUN device; raises OSError where the kernel has none."""
    tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def forward(tun, seconds, is_home):
    """Gives each packet back after the delay of its two ends' uplinks, for ever. is_home(address) tells whether an end has one."""
    waiting, count = [], 0
    poll = select.epoll()
    poll.register(tun, select.EPOLLIN)
    while True:
        patience = waiting[0][0] - time.monotonic() if waiting else -1
        poll.poll(None if not waiting else max(0, patience))
        now = time.monotonic()
        try:
            while True:
                packet = os.read(tun, 65_536)
                uplinks = is_home(packet[12:16]) + is_home(packet[16:20])
                if packet[0] >> 4 == 4 and len(waiting) < MAX_WAITING:
                    count += 1
                    heapq.heappush(waiting, (now + uplinks * seconds, count, packet))
        except BlockingIOError:
            pass
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            try:
                os.write(tun, heapq.heappop(waiting)[2])
            except OSError:
                pass                                 # its way is gone meanwhile
