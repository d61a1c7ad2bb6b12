"""What nftables has to be told to make a kernel NAT of each kind. The names are those of the virtual internet's NatProfile."""

OPEN = 'open'
SEQUENTIAL_PORTS = 4096

# name: (mapping, filter of what comes in, drops what nobody asked for, the carrier's NAT above it)
PROFILES = {
    OPEN: None,
    'cone': ('fullcone', 'none', True, None),
    'restricted': ('fullcone', 'address', True, None),
    'portres': ('masquerade', 'conntrack', True, None),
    'portres_random': ('range', 'conntrack', True, None),
    'sym_seq': ('sequential', 'conntrack', True, None),
    'sym_rand': ('random', 'conntrack', True, None),
    'cgnat': ('masquerade', 'conntrack', True, 'cone'),
    'cgnat_sym': ('masquerade', 'conntrack', True, 'sym_rand'),
    'linux_raw': ('masquerade', 'conntrack', False, None),
    'udpblocked': ('masquerade', 'udpblocked', True, None),
}

# Endpoint-independent in both: whoever sends to a port that is mapped gets in
_FULL_CONE = '''
table ip nat {
  map fullcone {
    type inet_service : ipv4_addr . inet_service
    flags dynamic,timeout
    timeout 300s
    size 65536
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "wan" meta l4proto udp dnat to udp dport map @fullcone
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" meta l4proto udp update @fullcone { udp sport timeout 300s : ip saddr . udp sport }
    oifname "wan" snat to %(wan)s
  }
}'''

_SOURCE_NAT = '''
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    %(rule)s
    oifname "wan" masquerade
  }
}'''

# Lets in who was sent to, any port of it
_ADDRESS = '''
    oifname "wan" meta l4proto udp update @sent { ip saddr . udp sport . ip daddr }
    iifname "wan" meta l4proto udp ip daddr . udp dport . ip saddr @sent accept
    iifname "wan" ct state established,related accept
    iifname "wan" drop'''
_CONNTRACK = '''
    iifname "wan" ct state established,related accept
    iifname "wan" drop'''
_UDP_BLOCKED = '''
    meta l4proto udp drop''' + _CONNTRACK

_FILTER = '''
table ip filter {
  set sent {
    type ipv4_addr . inet_service . ipv4_addr
    flags dynamic,timeout
    timeout 120s
    size 65536
  }
  chain forward {
    type filter hook forward priority 0; policy accept;%(forward)s
  }
  chain input {
    type filter hook input priority 0; policy accept;
    %(input)s
  }
}'''

_FORWARD = {'none': '', 'address': _ADDRESS, 'conntrack': _CONNTRACK, 'udpblocked': _UDP_BLOCKED}


def ruleset(profile, wan):
    """The rules of a router whose interface to the outside is "wan" and has that address. Not those of the carrier above it."""
    mapping, filtering, drops, _carrier = PROFILES[profile]
    rules = {
        'fullcone': '',
        'masquerade': '',
        'random': 'oifname "wan" masquerade fully-random',
        # The port is not kept, and the same for all destinations
        'range': f'oifname "wan" meta l4proto udp snat to {wan}:40000-40999',
        # Another port for each destination, the next one
        'sequential': 'oifname "wan" meta l4proto udp snat to numgen inc mod %d map { %s }' % (
            SEQUENTIAL_PORTS, ', '.join(f'{i} : {wan} . {40_000 + i}' for i in range(SEQUENTIAL_PORTS))),
    }
    nat = _FULL_CONE % {'wan': wan} if mapping == 'fullcone' else _SOURCE_NAT % {'rule': rules[mapping]}
    # Without it a packet that comes before ours takes the port that ours would have had: conntrack has it confirmed as to the router
    input_rule = 'iifname "wan" ct state new drop' if drops else ''
    return 'flush ruleset' + nat + _FILTER % {'forward': _FORWARD[filtering], 'input': input_rule} + '\n'


def carrier(profile):
    """The profile of the NAT above, or None."""
    return PROFILES[profile] and PROFILES[profile][3]
