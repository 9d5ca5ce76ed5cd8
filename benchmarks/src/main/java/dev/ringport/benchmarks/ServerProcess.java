// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The server that is measured: one contender, one event loop, one channel at a time, in a process of its own. The
 * runner says by {@link ControlLine} what it does.
 *
 * <p>Commands: {@code open kind= peer=} or {@code open kind=QUIC keys=}, answered with the port; {@code snapshot};
 * {@code lost}; {@code close}.
 */
final class ServerProcess {
    private final Contender contender;
    private final EventLoop loop;
    private @Nullable Channel channel;
    private @Nullable ServerRole role;
    private volatile @Nullable QuicChannel connection;

    private ServerProcess(Contender contender) {
        this.contender = contender;
        loop = new MultiThreadIoEventLoopGroup(1, contender.newHandlerFactory()).next();
    }

    /**
     * Serves until the runner goes.
     *
     * @param args the contender's id
     */
    public static void main(String[] args) throws Exception {
        ControlLine line = new ControlLine();
        Contender contender = Contender.named(args[0]).orElseThrow();
        Throwable cause = contender.unavailabilityCause();
        if (cause != null) {
            line.tell(Message.failed(cause));
        } else {
            ServerProcess server = new ServerProcess(contender);
            Throwable noQuic = Quic.unavailabilityCause();
            Message ready = Message.of(Message.OK);
            line.tell(noQuic == null ? ready : ready.with("noQuic", noQuic));
            line.serve(server::answer);
        }
        // Event loops are no daemons.
        Runtime.getRuntime().halt(0);
    }

    private Message answer(Message command) throws Exception {
        return switch (command.word()) {
            case "open" -> open(command);
            case "snapshot" -> snapshot();
            case "lost" -> lost();
            case "close" -> close();
            default -> throw new IllegalArgumentException(command.word());
        };
    }

    private Message open(Message command) throws Exception {
        Row.Kind kind = Row.Kind.valueOf(command.text("kind"));
        ChannelHandler handler;
        if (kind == Row.Kind.QUIC) {
            role = null;
            handler = QuicEnds.server(contender, Path.of(command.text("keys")), accepted -> connection = accepted);
        } else {
            role = role(kind, command);
            handler = role;
        }
        Channel bound = bind(contender, loop, handler);
        channel = bound;
        if (role != null) {
            role.start(bound);
        }
        return Message.of(Message.OK).with("port", ((InetSocketAddress) bound.localAddress()).getPort());
    }

    private static ServerRole role(Row.Kind kind, Message command) {
        return switch (kind) {
            case ECHO -> new EchoRole();
            case RECEIVE -> new ReceiveRole();
            case SEND -> new SendRole(peer(command));
            case SEND_THREAD -> new ThreadSendRole(peer(command));
            case QUIC -> throw new IllegalArgumentException(kind.toString());
        };
    }

    private static InetSocketAddress peer(Message command) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), command.integer("peer"));
    }

    /** A channel at any port of 127.0.0.1, with the contender's defaults but for the sizes of the socket's buffers. */
    static Channel bind(Contender contender, EventLoop loop, ChannelHandler handler) throws InterruptedException {
        return new Bootstrap().group(loop)
                .channel(contender.channelClass())
                .option(ChannelOption.SO_RCVBUF, LoadSocket.SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, LoadSocket.SOCKET_BUFFER_BYTES)
                .handler(handler)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    /** On the event loop, so that its counters belong to the same moment. */
    private Message snapshot() throws InterruptedException, ExecutionException {
        return loop.submit(() -> {
            ServerRole present = role;
            return Snapshot.take(present == null ? 0 : present.datagrams(), present == null ? 0 : present.failed())
                    .encode();
        }).get();
    }

    /** What the server's end of the present QUIC connection has taken for lost since it was made. */
    private Message lost() throws InterruptedException, ExecutionException {
        QuicChannel present = connection;
        long packets = present == null ? 0 : present.collectStats().get().lost();
        return Message.of(Message.OK).with("packets", packets);
    }

    private Message close() throws InterruptedException {
        Channel open = channel;
        if (open != null) {
            if (role != null) {
                role.stop(open);
            }
            open.close().sync();
            channel = null;
        }
        return Message.of(Message.OK);
    }
}
