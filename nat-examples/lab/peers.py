"""natpeer processes in namespaces, and what they say."""
import json
import os
import subprocess
import threading
import time

SECRET = 'the-lab-knows-it'
SERVERS = {'signal': '203.0.113.30', 'relay1': '203.0.113.20', 'relay2': '203.0.113.21'}
SECOND_ADDRESS, SECOND_PORT = '203.0.113.31', 3479     # of the signal server, for the tests of RFC 5780
USER, PASSWORD = 'alice', 'secret'


class Process:
    """A natpeer, its lines on standard output and its events on standard error, each with the time that it came at."""

    def __init__(self, command, namespace, arguments, log):
        self._log = log
        self._news = threading.Condition()
        self.lines, self.events, self.complaints = [], [], []
        self.popen = subprocess.Popen(['ip', 'netns', 'exec', namespace, *command, *arguments], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
        self._readers = [threading.Thread(target=self._read, args=arguments, daemon=True)
                         for arguments in ((self.popen.stdout, self._line), (self.popen.stderr, self._event))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, take):
        for line in stream:
            now = time.monotonic()
            with self._news:
                take(now, line.rstrip('\n'))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _line(self, now, line):
        self.lines.append((now, line))

    def _event(self, now, line):
        self._log(line)
        try:
            event = json.loads(line)
            self.events.append((now, event))
        except ValueError:
            self.complaints.append(line)

    def await_(self, seconds, found):
        """What found() returns as soon as that is something; None when time is up or the process has ended."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                result = found()
                left = deadline - time.monotonic()
                if result or left <= 0:
                    return result or None
                if self.popen.poll() is not None and not any(reader.is_alive() for reader in self._readers):
                    return found() or None
                self._news.wait(min(left, 0.2))

    def event(self, *names, peer=None):
        """The newest event of these names, or None."""
        for at, event in reversed(self.events):
            if event.get('event') in names and (peer is None or event.get('peer') == peer):
                return at, event
        return None

    def line(self, wanted):
        for at, line in self.lines:
            if line == wanted:
                return at
        return None

    def type(self, text):
        try:
            self.popen.stdin.write(text + '\n')
        except (BrokenPipeError, ValueError):
            pass

    def end(self):
        """Lets it say goodbye."""
        self.popen.terminate()
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()


class Peers:
    """Starts peers and servers by a command line for natpeer."""

    def __init__(self, command, verbose):
        self._command = command
        self._verbose = verbose

    def start(self, namespace, *arguments):
        def log(line):
            if self._verbose:
                print(f'    {namespace}: {line}', flush=True)
        return Process(self._command, namespace, [str(argument) for argument in arguments], log)

    def serve(self, name, *options):
        """A server that is up."""
        if name == 'signal':
            options += ('--second-address', f'{SECOND_ADDRESS}:{SECOND_PORT}')
        server = self.start(name, 'serve', '--listen', SERVERS[name], '--json', '--user', f'{USER}:{PASSWORD}',
                            '--allow-peer', '198.51.100.0/24', '--allow-peer', '203.0.113.0/24', *options)
        if not server.await_(60, lambda: server.lines):
            raise RuntimeError(f'the server {name} does not start: {server.complaints}')
        return server

    def peer(self, home, *arguments, relays=('relay1',)):
        return self.start(home.host, *arguments, '--json', '--signal', f'mqtt://{SERVERS["signal"]}', '--secret', SECRET,
                          *self._servers(relays))

    @staticmethod
    def _servers(relays):
        stun = [word for name in SERVERS for word in ('--stun', f'{SERVERS[name]}:3478')]
        relay = [f'turn:{USER}:{PASSWORD}@{SERVERS[name]}:3478' for name in relays]
        relay.append(relay[0] + '?transport=tcp')            # for who may send no UDP
        return stun + [word for uri in relay for word in ('--relay', uri)]

    def check(self, home, *arguments):
        """What natpeer check says there: its lines, in JSON if that is among the arguments."""
        check = self.start(home.host, 'check', *self._servers(('relay1',)), *arguments)
        check.await_(90, lambda: check.popen.poll() is not None and check.lines)
        return [line for _, line in check.lines] or check.complaints

    def listen(self, home, name, **more):
        peer = self.peer(home, 'listen', '--echo', '--name', name, **more)
        if not peer.await_(60, lambda: peer.event('listening')):
            raise RuntimeError(f'{name} does not listen: {peer.complaints}')
        return peer

    def connect(self, home, name, to, timeout=20, **more):
        return self.peer(home, 'connect', to, '--name', name, '--timeout', timeout, '--linger', 0.01, **more)


def text_of(event):
    """The kinds of the addresses of the path that an event tells of."""
    return f"{event.get('local', 'none')} -> {event.get('remote', 'none')}"


def natpeer_beside_this():
    return [os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'natpeer'))]
