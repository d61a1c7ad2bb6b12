package io.natconnector.natpeer.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends {@code ping N}, padded, and waits for {@code pong N}; answers the other side's likewise. One thread pings, one of the
 * engine's receives.
 */
final class PingPong {
    private static final long REPEAT = MILLISECONDS.toNanos(100);
    private static final long PAUSE = MILLISECONDS.toNanos(50);
    private static final int HEADER = 16;
    private static final Pattern NUMBERED = Pattern.compile("(ping|pong) ([0-9]{1,9})( .*)?", Pattern.DOTALL);

    private final int payload;
    private final BlockingQueue<Pong> pongs = new LinkedBlockingQueue<>();

    private long lastPing;

    private record Pong(int number, long at) { }

    /** @param payload how long a ping is, bytes */
    PingPong(int payload) {
        this.payload = payload;
    }

    /** Takes in a datagram; borrows it. */
    void received(ByteBuf datagram, Leg leg) {
        long now = System.nanoTime();
        int length = Math.min(datagram.readableBytes(), HEADER);
        String header = datagram.toString(datagram.readerIndex(), length, StandardCharsets.US_ASCII);
        Matcher numbered = NUMBERED.matcher(header);
        if (!numbered.matches()) {
            return;
        }
        if (numbered.group(1).equals("pong")) {
            pongs.add(new Pong(Integer.parseInt(numbered.group(2)), now));
        } else {
            byte[] pong = ByteBufUtil.getBytes(datagram);
            pong[1] = 'o';
            leg.send(Unpooled.wrappedBuffer(pong));
        }
    }

    /**
     * Sends one ping, 50 ms after the one before at the earliest, and again every 100 ms until its pong is there.
     *
     * @return nanoseconds from its first sending; -1 when nothing came in time
     */
    long ping(int number, Leg leg, long timeoutNanos) throws InterruptedException {
        for (long left; number > 0 && (left = lastPing + PAUSE - System.nanoTime()) > 0; ) {
            pongs.poll(left, NANOSECONDS);                     // late copies of the one before
        }
        long start = System.nanoTime();
        lastPing = start;
        long roundTrip = -1;
        while (roundTrip < 0 && System.nanoTime() - start < timeoutNanos) {
            leg.send(Unpooled.wrappedBuffer(datagram(number)));
            roundTrip = await(number, start, System.nanoTime() + REPEAT);
        }
        return roundTrip;
    }

    private long await(int number, long start, long until) throws InterruptedException {
        for (long left; (left = until - System.nanoTime()) > 0; ) {
            Pong pong = pongs.poll(left, NANOSECONDS);
            if (pong != null && pong.number() == number) {
                return pong.at() - start;
            }
        }
        return -1;
    }

    private byte[] datagram(int number) {
        byte[] header = ("ping " + number + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] datagram = Arrays.copyOf(header, Math.max(payload, header.length));
        Arrays.fill(datagram, header.length, datagram.length, (byte) 'x');
        return datagram;
    }
}
