"""A network, mounts and processes of our own, which the kernel takes away when we end, however that comes about.

No namespace has a name outside, so any number of labs may run at once and none can leave anything behind.
"""
import ctypes
import os
import signal
import sys

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x10000000, 0x20000000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


class NotPermitted(Exception):
    """This machine does not let us; the message says what is missing."""


def _call(what, result):
    if result != 0:
        error = ctypes.get_errno()
        raise NotPermitted(f'{what}: {os.strerror(error)}')


def _mount(source, target, kind, flags=0):
    _call(f'mounting {kind or "privately"} at {target}', libc.mount(source.encode(), target.encode(), kind and kind.encode(),
                                                                 flags, None))


def run(work):
    """Runs work() alone in new namespaces and returns its exit code. Ends it when this process is ended, even by SIGKILL."""
    if not sys.platform.startswith('linux'):
        raise NotPermitted('network namespaces are Linux\'s')
    sys.stdout.flush()
    _unshare()
    may_begin, begin = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_alone(may_begin, begin, work))
    os.close(may_begin)

    def end(number, _frame):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    os.write(begin, b'.')
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _unshare():
    flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID
    user, group = os.getuid(), os.getgid()
    _call('new namespaces', libc.unshare(flags if user == 0 else flags | CLONE_NEWUSER))
    if user != 0:
        for file, text in (('setgroups', 'deny'), ('uid_map', f'0 {user} 1'), ('gid_map', f'0 {group} 1')):
            with open(f'/proc/self/{file}', 'w') as out:
                out.write(text)


def _alone(may_begin, begin, work):
    """As process 1 of the new namespaces: what it leaves behind ends with it."""
    os.close(begin)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if not os.read(may_begin, 1):
        return 1                                     # the parent was gone before it could take us along
    signal.signal(signal.SIGINT, signal.SIG_IGN)     # Ctrl-C: the parent ends us
    code = 1
    try:
        _mount('none', '/', None, MS_REC | MS_PRIVATE)
        _mount('proc', '/proc', 'proc')
        _mount('natlab', '/run', 'tmpfs')
        os.makedirs('/run/netns')
        code = work() or 0
    except NotPermitted as e:
        print(f'natlab: not permitted here: {e}', file=sys.stderr)
        code = 3
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    return code
