#!/usr/bin/env python3
"""natpeer behind kernel NATs: which pairs connect directly, which through the relay, how fast; and how long data stops when
networks change. Linux; root, or a kernel that lets users make namespaces; ip and nft. All traffic stays in namespaces that end
with this program.
"""
import argparse
import json
import shlex
import sys

sys.dont_write_bytecode = True

import nats  # noqa: E402 - our own modules leave nothing in the source tree
import stories
from matrix import Matrix
from network import Network
from peers import SECOND_ADDRESS, SECRET, SERVERS, Peers, natpeer_beside_this
from sandbox import NotPermitted, run

OK, FAILED, USAGE, ENVIRONMENT = 0, 1, 2, 3


def main():
    options = parse()
    try:
        return run(lambda: options.work(options))
    except NotPermitted as e:
        print(f'natlab: not permitted here: {e}', file=sys.stderr)
        return ENVIRONMENT


def parse():
    parser = argparse.ArgumentParser(description=__doc__, epilog='Exit codes: 0 done; 1 something that must connect did not; '
                                     '2 wrong options; 3 this machine does not let us make such a network.')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument('--natpeer', type=shlex.split, default=natpeer_beside_this(), metavar='COMMAND',
                        help='what runs natpeer (default: the one of this project)')
    common.add_argument('--uplink', type=float, default=25, metavar='MS',
                        help='how long a packet takes between a home and the core, one way; 0 needs no TUN device (default: 25)')
    common.add_argument('--json', action='store_true', help='a JSON line for each result')
    common.add_argument('--verbose', action='store_true', help='what the peers say, too')
    can = commands.add_parser('can', help='tells whether this machine lets us', parents=[common])
    can.set_defaults(work=try_out)
    matrix = commands.add_parser('matrix', help='each NAT against each', parents=[common])
    matrix.add_argument('--cells', type=cell_list, metavar='A:B,..', help='only these pairs (default: all)')
    matrix.add_argument('--nats', type=nat_list, metavar='A,B,..', help='only these NATs, each against each')
    matrix.add_argument('--settle', type=float, default=15, metavar='SEC',
                        help='how long a relayed pair may take to become direct (default: 15)')
    matrix.add_argument('--jobs', type=int, default=2, metavar='N', help='pairs at the same time (default: 2)')
    matrix.set_defaults(work=run_matrix)
    check = commands.add_parser('check', help='natpeer check behind each NAT', parents=[common])
    check.add_argument('--nats', type=nat_list, default=list(nats.PROFILES), metavar='A,B,..', help='only these (default: all)')
    check.add_argument('--with', type=nat_list, dest='peers', default=[], metavar='A,B,..',
                       help='with --with: to a peer behind each of these, too')
    check.set_defaults(work=run_check)
    for name, story in stories.ALL.items():
        command = commands.add_parser(name, help=story.__doc__.split('\n')[0], parents=[common])
        command.set_defaults(work=lambda options, story=story: tell(story, options))
    return parser.parse_args()


def nat_list(text):
    names = text.split(',')
    for name in names:
        if name not in nats.PROFILES:
            raise argparse.ArgumentTypeError(f"no NAT '{name}'; there are {', '.join(nats.PROFILES)}")
    return names


def cell_list(text):
    cells = [tuple(nat_list(cell.replace(':', ','))) for cell in text.split(',')]
    if any(len(cell) != 2 for cell in cells):
        raise argparse.ArgumentTypeError('expected NAT:NAT,NAT:NAT,..')
    return cells


def try_out(options):
    """Every kind of NAT once, without anybody behind it."""
    network = Network(options.uplink)
    for name in nats.PROFILES:
        network.home(name, name)
    print('natlab: namespaces, nftables and TUN devices are all there')
    return OK


def servers(options, network):
    for name, address in SERVERS.items():
        network.server(name, address, *([SECOND_ADDRESS] if name == 'signal' else []))
    peers = Peers(options.natpeer, options.verbose)
    running = {'signal': peers.serve('signal')}
    running.update((name, peers.serve(name, '--no-broker')) for name in SERVERS if name != 'signal')
    return peers, running


def run_matrix(options):
    cells = options.cells or [(a, b) for a in options.nats or nats.PROFILES for b in options.nats or nats.PROFILES]
    network = Network(options.uplink)
    peers, _running = servers(options, network)
    homes = {(side, name): network.home(f'{side}-{name}', name)
             for side, name in dict.fromkeys([('a', a) for a, _ in cells] + [('b', b) for _, b in cells])}
    listeners = {b: peers.listen(home, b) for (side, b), home in homes.items() if side == 'b'}
    matrix = Matrix(options, peers, homes, listeners, cells)
    matrix.run()
    if not options.json:
        print(matrix.table())
    return OK


def run_check(options):
    network = Network(options.uplink)
    peers, _running = servers(options, network)
    for b in options.peers:
        peers.listen(network.home('b-' + b, b), b)
    for a in options.nats:
        home = network.home('a-' + a, a)
        for b in options.peers or [None]:
            pair = [] if b is None else ['--with', b, '--name', f'{a}-to-{b}', '--signal', f'mqtt://{SERVERS["signal"]}',
                                         '--secret', SECRET]
            lines = peers.check(home, *pair, *(['--json'] if options.json else []))
            if options.json:
                lines = [json.dumps({'a': a, 'b': b, **json.loads(line)}) for line in lines]
            else:
                print(f'--- {a}' + (f' to {b}' if b else ''))
            print('\n'.join(lines), flush=True)
    return OK


def tell(story, options):
    network = Network(options.uplink)
    peers, running = servers(options, network)
    result = story(network, peers, running)
    print(json.dumps(result) if options.json else stories.text(result), flush=True)
    return OK if result['ok'] else FAILED


if __name__ == '__main__':
    sys.exit(main())
