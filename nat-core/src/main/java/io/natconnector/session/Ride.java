package io.natconnector.session;

import io.natconnector.ice.Passenger;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The handshake of a session on its way in the checks of ICE (draft-hancke-webrtc-sped-00), for as long as it takes or until it
 * shows that the peer does not know of it. What is sent over a path as well does no harm: it is dropped as a replay.
 */
final class Ride implements Passenger {
    /** The acknowledgement has room for four. */
    private static final int MAX_ACKNOWLEDGED = 4;
    /** What a check adds (100 to 150 bytes), and a relay, fit beside it into 1200 bytes. */
    private static final int MAX_LENGTH = 1_000;
    private static final byte[] NOTHING = {};

    private final Protection protection;
    private final List<Integer> received = new ArrayList<>();
    private final List<Integer> acknowledged = new ArrayList<>();
    private boolean sendsData = true;
    private boolean acknowledges = true;
    private int turn;

    Ride(Protection protection) {
        this.protection = protection;
    }

    @Override
    public byte[] data() {
        if (!sendsData) {
            return null;
        }
        List<byte[]> pending = new ArrayList<>();
        for (byte[] datagram : protection.flight()) {
            if (datagram.length <= MAX_LENGTH && !acknowledged.contains(hash(datagram))) {
                pending.add(datagram);
            }
        }
        return pending.isEmpty() ? NOTHING : pending.get(Math.floorMod(turn++, pending.size()));
    }

    @Override
    public byte[] acknowledgement() {
        if (!acknowledges) {
            return null;
        }
        byte[] hashes = new byte[Integer.BYTES * received.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = (byte) (received.get(i / Integer.BYTES) >>> 8 * (3 - i % Integer.BYTES));
        }
        return hashes;
    }

    @Override
    public void heard(byte[] data, byte[] acknowledgement, long now) {
        boolean done = protection.isEstablished();
        if (data == null) {
            acknowledges = false;
            sendsData &= acknowledgement != null && !done;
        } else if (data.length > 0) {
            take(data, now);
        } else if (acknowledgement != null && done) {
            sendsData = false;
        }
        if (acknowledgement != null && acknowledgement.length % Integer.BYTES == 0
                && acknowledgement.length <= MAX_ACKNOWLEDGED * Integer.BYTES) {
            acknowledged.clear();
            for (int i = 0; i < acknowledgement.length; i += Integer.BYTES) {
                acknowledged.add((acknowledgement[i] & 0xFF) << 24 | (acknowledgement[i + 1] & 0xFF) << 16
                        | (acknowledgement[i + 2] & 0xFF) << 8 | acknowledgement[i + 3] & 0xFF);
            }
        }
    }

    private void take(byte[] data, long now) {
        Integer hash = hash(data);
        if (protection.isEstablished() || received.contains(hash) || !protection.rode(data, now)) {
            return;
        }
        if (received.size() == MAX_ACKNOWLEDGED) {
            received.remove(0);
        }
        received.add(hash);
    }

    private static int hash(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return (int) crc.getValue();
    }
}
