package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Asks a proxy for a way to a server; what comes behind in the pipeline sees a connection to that server once there is one. */
final class HttpTunnel extends ChannelInboundHandlerAdapter {
    /** The head of an answer; proxies say little in it. */
    private static final int LONGEST_HEAD = 8192;

    private final HttpProxy proxy;
    private final String target;
    private final long patienceMillis;
    private final StringBuilder head = new StringBuilder();

    /** @param name the server's name, which the proxy looks up, or {@code null} */
    HttpTunnel(HttpProxy proxy, String name, InetSocketAddress server, long patienceMillis) {
        this.proxy = proxy;
        this.target = name != null ? name + ":" + server.getPort() : Path.text(server);
        this.patienceMillis = patienceMillis;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
                + (proxy.authorization() == null ? "" : "Proxy-Authorization: " + proxy.authorization() + "\r\n") + "\r\n";
        context.writeAndFlush(context.alloc().buffer().writeBytes(request.getBytes(StandardCharsets.US_ASCII)));
        context.executor().schedule(() -> {
            if (!context.isRemoved()) {
                context.fireExceptionCaught(new IOException("the proxy does not answer"));
            }
        }, patienceMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        while (in.isReadable() && !isWhole()) {
            head.append((char) in.readUnsignedByte());
            if (head.length() > LONGEST_HEAD) {
                break;
            }
        }
        if (isWhole()) {
            answered(context, in);
            return;
        }
        in.release();
        if (head.length() > LONGEST_HEAD) {
            context.fireExceptionCaught(new IOException("what the proxy answers is no HTTP"));
        }
    }

    private boolean isWhole() {
        int length = head.length();
        return length >= 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n';
    }

    private void answered(ChannelHandlerContext context, ByteBuf behind) {
        String status = head.substring(0, head.indexOf("\r\n")).replaceAll("[^ -~]", "?");
        if (!status.matches("HTTP/1\\.[01] 2[0-9][0-9].*")) {
            behind.release();
            context.fireExceptionCaught(new IOException("the proxy refuses: " + status));
            return;
        }
        context.fireChannelActive();
        if (behind.isReadable()) {
            context.fireChannelRead(behind);
        } else {
            behind.release();
        }
        context.pipeline().remove(this);
    }
}
