"""Which pairs connect directly, which through the relay, and how fast."""
import json
import threading

import nats
from peers import text_of


class Matrix:
    """Connects pair after pair, those at the same time that have no NAT in common."""

    def __init__(self, options, peers, homes, listeners, cells):
        self._options, self._peers, self._homes, self._listeners = options, peers, homes, listeners
        self._waiting = list(cells)
        self._busy = set()
        self._change = threading.Condition()
        self.results = {}

    def run(self):
        workers = [threading.Thread(target=self._work) for _ in range(self._options.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _work(self):
        while True:
            with self._change:
                cell = None
                while self._waiting and cell is None:
                    cell = next((cell for cell in self._waiting if not self._homes_of(cell) & self._busy), None)
                    if cell is None:
                        self._change.wait()
                if cell is None:
                    return
                self._waiting.remove(cell)
                self._busy |= self._homes_of(cell)
            result = self._connect(*cell)
            with self._change:
                self._busy -= self._homes_of(cell)
                self.results[cell] = result
                self._change.notify_all()
                print(json.dumps(result) if self._options.json else describe(result), flush=True)

    @staticmethod
    def _homes_of(cell):
        return {('a', cell[0]), ('b', cell[1])}

    def _connect(self, a, b):
        name = f'{a}-to-{b}'
        alice = self._peers.connect(self._homes['a', a], name, b)
        bob = self._listeners[b]
        result = {'event': 'cell', 'a': a, 'b': b, 'outcome': 'none'}
        try:
            first = alice.await_(40, lambda: alice.event('connected', 'failed'))
            if not first or first[1]['event'] == 'failed':
                result['why'] = first[1]['why'] if first else f'it said only: {alice.complaints}'
                return result
            result['ms'] = first[1]['ms']
            result['first'] = text_of(first[1])
            direct = alice.await_(self._options.settle, lambda: both_direct(alice, bob, name))
            if direct:
                result['direct_after_ms'] = round(first[1]['ms'] + (direct - first[0]) * 1000, 3)
            alice.type('hello')
            talked = alice.await_(10, lambda: alice.line('hello'))
            if talked:
                now = alice.event('connected', 'path')[1]
                result['outcome'] = 'direct' if direct else 'relayed'
                result['path'] = text_of(now)
                result['rtt_ms'] = now.get('rtt_ms')
            else:
                result['why'] = 'connected, but what was said did not come back'
            return result
        finally:
            alice.end()

    def table(self):
        rows = list(dict.fromkeys(a for a, _ in self.results))
        columns = list(dict.fromkeys(b for _, b in self.results))
        rows.sort(key=list(nats.PROFILES).index)
        columns.sort(key=list(nats.PROFILES).index)
        width = max(len(name) for name in rows)
        lines = ['', 'Final path, milliseconds to the first one (of what was relayed first: to the direct one, too)', '',
                 ' ' * width + '  ' + '  '.join(f'{column:>16}' for column in columns)]
        for a in rows:
            lines.append(f'{a:<{width}}  ' + '  '.join(f'{short(self.results.get((a, b))):>16}' for b in columns))
        return '\n'.join(lines)


def both_direct(alice, bob, name):
    """When both sides had a direct path, or None."""
    ours, theirs = alice.event('connected', 'path'), bob.event('connected', 'path', peer=name)
    return max(ours[0], theirs[0]) if ours and theirs and ours[1]['direct'] and theirs[1]['direct'] else None


def short(result):
    if result is None:
        return '-'
    if result['outcome'] == 'none':
        return 'none'
    late = f">{result['direct_after_ms']:.0f}" if result.get('direct_after_ms', 0) > result['ms'] + 1 else ''
    return f"{result['outcome']} {result['ms']:.0f}{late}"


def describe(result):
    if result['outcome'] == 'none':
        return f"{result['a']} to {result['b']}: not connected: {result['why']}"
    late = f", direct after {result['direct_after_ms']:.0f} ms" if 'direct_after_ms' in result else ''
    return (f"{result['a']} to {result['b']}: {result['outcome']}, {result['path']}; connected after {result['ms']:.0f} ms "
            f"({result['first']}){late}")
