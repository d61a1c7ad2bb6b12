"""What becomes of a connection when networks change under it: how long data stops, measured from outside."""
import threading
import time

from peers import text_of

INTERVAL = 0.01                                      # seconds between two datagrams
BEFORE, AFTER = 2.0, 8.0                             # seconds of traffic around the event


class Traffic:
    """Numbered lines from Alice to Bob, who sends them back."""

    def __init__(self, alice):
        self._alice = alice
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self.sent = 0
        self._thread.start()

    def _send(self):
        start = time.monotonic()
        while not self._over.is_set():
            self._alice.type(str(self.sent))
            self.sent += 1
            self._over.wait(max(0, start + self.sent * INTERVAL - time.monotonic()))

    def end(self):
        self._over.set()
        self._thread.join()


def gap(process, since):
    """The longest time without a line from a moment on, in milliseconds."""
    times = [at for at, _ in process.lines if at >= since - 0.1]
    pauses = [(later - earlier) * 1000 for earlier, later in zip(times, times[1:])]
    return round(max(pauses), 1) if pauses else None


def tell(name, network, peers, relays, profiles, event, wants_direct):
    """Connects two homes, lets data flow, and does the event."""
    home_a, home_b = network.home('alice', profiles[0]), network.home('bob', profiles[1])
    bob = peers.listen(home_b, 'bob', relays=relays)
    alice = peers.connect(home_a, 'alice', 'bob', relays=relays)
    if not alice.await_(40, lambda: alice.event('connected')):
        return {'event': name, 'ok': False, 'why': f'not connected: {alice.events} {alice.complaints}'}
    if wants_direct:
        alice.await_(15, lambda: alice.event('connected', 'path')[1]['direct'])
    traffic = Traffic(alice)
    time.sleep(BEFORE)
    before = alice.event('connected', 'path')[1]
    events_before = len(alice.events)
    began = time.monotonic()
    event(home_a, alice)
    direct = alice.await_(AFTER, lambda: next((at for at, e in alice.events[events_before:] if e.get('direct')), None))
    time.sleep(max(0, began + AFTER - time.monotonic()))
    traffic.end()
    time.sleep(0.5)
    after = alice.event('connected', 'path')[1]
    lines = {line for _, line in alice.lines}
    result = {'event': name, 'before': text_of(before), 'after': text_of(after),
              'direct': after['direct'], 'gap_at_bob_ms': gap(bob, began),
              'gap_of_echo_ms': gap(alice, began), 'sent': traffic.sent, 'echoed': len(lines),
              'same_channel': sum(e['event'] == 'connected' for _, e in alice.events + bob.events) == 2
              and alice.popen.poll() is None}
    if direct:
        result['direct_again_after_ms'] = round((direct - began) * 1000, 1)
    flows = any(at > time.monotonic() - 2 for at, _ in alice.lines)
    result['ok'] = bool(result['same_channel'] and flows)
    alice.end()
    return result


def roaming(network, peers, _running):
    """Alice's interface moves behind another NAT, with another address."""
    return tell('roaming', network, peers, ('relay1',), ('portres', 'portres'),
                lambda home, _alice: network.move(home, 'mobile', 'cgnat'), True)


def reboot(network, peers, _running):
    """Alice's NAT forgets all that it knew and gets another public address."""
    return tell('reboot', network, peers, ('relay1',), ('portres', 'portres'),
                lambda home, _alice: network.reboot(home.router), True)


def relay_death(network, peers, running):
    """The relay that carries the data is killed; there is another one."""
    def kill(_home, alice):
        event = alice.event('connected', 'path')[1]
        address = event['local_addr' if event['local'] == 'relayed' else 'remote_addr']
        name = 'relay1' if address.startswith('203.0.113.20:') else 'relay2'
        running[name].popen.kill()
    return tell('relay-death', network, peers, ('relay1', 'relay2'), ('sym_rand', 'sym_rand'), kill, False)


ALL = {'roaming': roaming, 'reboot': reboot, 'relay-death': relay_death}


def text(result):
    return '\n'.join([result['event']] + [f'  {name.replace("_", " ")}: {value}' for name, value in result.items()
                                          if name != 'event'])
