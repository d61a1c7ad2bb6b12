"""Hosts behind NATs behind a core, each a network namespace below ours.

    host --- router "wan" --- (carrier's router "wan" ---) core --- server

The core is the namespace that we are in. Every home has a public address of 198.51.100.0/24, every server of 203.0.113.0/24.
"""
import ctypes
import os
import socket
import struct
import subprocess
import threading

import delay
import nats
from sandbox import NotPermitted, libc

CORE = '198.51.100.254'
HOMES = socket.inet_aton('198.51.100.0')[:3]
CLONE_NEWNET = 0x40000000
CONNTRACK_DELETE, REQUEST, NETLINK_NETFILTER = 0x0102, 0x01, 12


def sh(*words, data=None):
    """Runs a command that must succeed."""
    try:
        done = subprocess.run([str(word) for word in words], input=data, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    except FileNotFoundError as e:
        raise NotPermitted(f'there is no {words[0]}') from e
    if done.returncode != 0:
        raise NotPermitted(f"'{' '.join(str(word) for word in words)}' fails: {done.stdout.strip()}")
    return done.stdout


def ip(namespace, line):
    sh('ip', *(['-n', namespace] if namespace else []), *line.split())


def sysctl(namespace, name, value):
    inside(namespace, lambda: _write('/proc/sys/net/' + name, value))


def _write(file, value):
    with open(file, 'w') as out:
        out.write(str(value))


def inside(namespace, work):
    """What work() returns when it is done in that namespace; None is ours."""
    if namespace is None:
        return work()
    box = []

    def enter():
        file = os.open(f'/run/netns/{namespace}', os.O_RDONLY)
        try:
            if libc.setns(file, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), 'setns')
            box.append(work())
        finally:
            os.close(file)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    return box[0]


class Router:
    """A NAT of one of the kinds in nats."""

    def __init__(self, name, profile, public):
        self.name, self.profile, self.public = name, profile, public
        sh('ip', 'netns', 'add', name)
        ip(name, 'link set lo up')
        sysctl(name, 'ipv4/ip_forward', 1)

    def apply(self):
        sh('ip', 'netns', 'exec', self.name, 'nft', '-f', '-', data=nats.ruleset(self.profile, self.public))

    def forget(self):
        """Empties the table of connections, as a reboot does."""
        inside(self.name, _flush_conntrack)


def _flush_conntrack():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
        netlink.send(struct.pack('=IHHIIBBH', 20, CONNTRACK_DELETE, REQUEST, 1, 0, socket.AF_UNSPEC, 0, 0))


class Home:
    """A host, the router in front of it if there is one, and the carrier's in front of that."""

    def __init__(self, host, address, routers, device):
        self.host, self.address, self.routers, self.device = host, address, routers, device

    @property
    def router(self):
        """The one with the public address; None if that is the host's own."""
        return self.routers[-1] if self.routers else None


class Network:
    """The core, and what is attached to it."""

    def __init__(self, uplink_ms):
        self.uplink_ms = uplink_ms
        self._links = 0
        self._numbers = 0
        for name in ('conf/all/rp_filter', 'conf/default/rp_filter'):
            sysctl(None, 'ipv4/' + name, 0)
        sysctl(None, 'ipv4/ip_forward', 1)
        ip(None, 'link set lo up')
        ip(None, f'addr add {CORE}/32 dev lo')
        if uplink_ms > 0:
            self._delay()

    def _delay(self):
        try:
            tun = delay.open_tun('delay0')
        except OSError as e:
            raise NotPermitted(f'no TUN device to delay packets with ({e}); --uplink 0 does without') from e
        ip(None, 'link set delay0 up')
        # What comes from outside goes to the device first, and from there to where it belongs
        ip(None, 'route add default dev delay0 table 100')
        ip(None, 'rule add pref 10 iif delay0 lookup main')
        ip(None, 'rule add pref 20 iif lo lookup main')
        ip(None, 'rule add pref 30 lookup 100')
        if os.fork() == 0:
            try:
                delay.forward(tun, self.uplink_ms / 1000, lambda address: address[:3] == HOMES)
            finally:
                os._exit(1)
        os.close(tun)

    def _attach(self, namespace, address, device='wan'):
        """Links a namespace with the core; its first address is routed to it."""
        self._links += 1
        core = f'core{self._links}'
        ip(None, f'link add {core} type veth peer name {device} netns {namespace}')
        ip(None, f'link set {core} up')
        ip(None, f'route replace {address}/32 dev {core} src {CORE}')
        ip(namespace, f'addr add {address}/32 dev {device}')
        ip(namespace, f'link set {device} up')
        ip(namespace, f'route add {CORE} dev {device} scope link')
        ip(namespace, f'route add default via {CORE} dev {device} src {address}')
        return core

    def server(self, name, *addresses):
        sh('ip', 'netns', 'add', name)
        ip(name, 'link set lo up')
        core = self._attach(name, addresses[0])
        for address in addresses[1:]:
            ip(name, f'addr add {address}/32 dev wan')
            ip(None, f'route add {address}/32 dev {core}')

    def home(self, name, profile):
        """A host behind a NAT of its own."""
        self._numbers += 1
        number = self._numbers
        public, host = f'198.51.100.{number}', f'host-{name}'
        sh('ip', 'netns', 'add', host)
        ip(host, 'link set lo up')
        if profile == nats.OPEN:
            self._attach(host, public)
            return Home(host, public, [], 'wan')
        routers = []
        above = nats.carrier(profile)
        if above:
            carrier = Router(f'carrier-{name}', above, public)
            self._attach(carrier.name, public)
            carrier.apply()
            router = Router(f'nat-{name}', profile, f'100.64.{number}.2')
            self._lan(carrier.name, router.name, 'wan', f'100.64.{number}')
            routers = [router, carrier]
        else:
            router = Router(f'nat-{name}', profile, public)
            self._attach(router.name, public)
            routers = [router]
        router.apply()
        self._lan(router.name, host, 'lan0', f'10.0.{number}')
        return Home(host, f'10.0.{number}.2', routers, 'lan0')

    def _lan(self, router, host, device, net):
        ip(router, f'link add lan type veth peer name {device} netns {host}')
        ip(router, f'addr add {net}.1/24 dev lan')
        ip(router, 'link set lan up')
        ip(host, f'addr add {net}.2/24 dev {device}')
        ip(host, f'link set {device} up')
        ip(host, f'route add default via {net}.1 dev {device}')

    def move(self, home, name, profile):
        """Takes the host's interface away and gives it one behind another NAT, as from Wi-Fi to a mobile network."""
        other = self.home(name, profile)
        ip(home.host, f'link del {home.device}')
        ip(other.host, f'link set {other.device} down')
        ip(other.host, f'link set {other.device} netns {home.host}')
        net = other.address.rsplit('.', 1)[0]
        ip(home.host, f'addr add {other.address}/24 dev {other.device}')
        ip(home.host, f'link set {other.device} up')
        ip(home.host, f'route add default via {net}.1 dev {other.device}')
        home.address, home.routers, home.device = other.address, other.routers, other.device

    def reboot(self, router):
        """The router loses all that it knew, and gets another public address."""
        self._numbers += 1
        old, new = router.public, f'198.51.100.{self._numbers}'
        core = sh('ip', '-o', 'route', 'get', old).split(' dev ')[1].split()[0]
        ip(router.name, f'addr add {new}/32 dev wan')
        ip(router.name, f'route replace default via {CORE} dev wan src {new}')
        ip(router.name, f'addr del {old}/32 dev wan')
        ip(None, f'route add {new}/32 dev {core} src {CORE}')
        ip(None, f'route del {old}/32')
        router.public = new
        router.apply()
        router.forget()
