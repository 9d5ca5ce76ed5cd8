// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The load, in a process of its own that serves all contenders alike: see {@link LoadSocket}. The client of the QUIC
 * row is the exception: both ends of that row are the contender's, and the CPU time of both is counted.
 *
 * <p>Commands: {@code echo port= peers= window= train=}, {@code flood port= train=}, {@code sink}, answered with the
 * load's port; {@code counts}; {@code stop}; {@code connect contender= port= keys=}, {@code stream bytes=},
 * {@code disconnect}; {@code room}, answered with the receive buffer a socket gets.
 */
final class LoadProcess {
    private final Map<Contender, EventLoop> quicLoops = new EnumMap<>(Contender.class);
    private @Nullable Load load;
    private QuicEnds.@Nullable Client client;

    private LoadProcess() {}

    public static void main(String[] args) throws Exception {
        ControlLine line = new ControlLine();
        LoadProcess process = new LoadProcess();
        line.tell(Message.of(Message.OK));
        line.serve(process::answer);
        // Event loops are no daemons.
        Runtime.getRuntime().halt(0);
    }

    private Message answer(Message command) throws Exception {
        return switch (command.word()) {
            case "echo" -> start(
                    new EchoLoad(
                            command.integer("port"),
                            command.integer("peers"),
                            command.integer("window"),
                            command.integer("train")));
            case "flood" -> start(new FloodLoad(command.integer("port"), command.integer("train")));
            case "sink" -> start(new SinkLoad());
            case "counts" -> present().counts();
            case "stop" -> stop();
            case "connect" -> connect(command);
            case "stream" -> stream(command);
            case "disconnect" -> disconnect();
            case "room" -> room();
            default -> throw new IllegalArgumentException(command.word());
        };
    }

    private Message start(Load started) {
        load = started;
        started.start();
        return Message.of(Message.OK).with("port", started.socket().port());
    }

    private Load present() {
        Load present = load;
        if (present == null) {
            throw new IllegalStateException("no load is there");
        }
        return present;
    }

    private Message stop() throws InterruptedException {
        if (load != null) {
            load.stop();
            load = null;
        }
        return Message.of(Message.OK);
    }

    private Message connect(Message command) throws Exception {
        Contender contender = Contender.valueOf(command.text("contender"));
        EventLoop loop = quicLoops.computeIfAbsent(
                contender,
                absent -> new MultiThreadIoEventLoopGroup(1, absent.newHandlerFactory()).next());
        client = new QuicEnds.Client(contender, loop, command.integer("port"), Path.of(command.text("keys")));
        return Message.of(Message.OK);
    }

    private Message stream(Message command) throws Exception {
        QuicEnds.Client connected = client;
        if (connected == null) {
            throw new IllegalStateException("not connected");
        }
        long cpu = Libc.processCpuNanos();
        long nanos = connected.receive(command.number("bytes"));
        return Message.of(Message.OK).with("nanos", nanos).with("cpu", Libc.processCpuNanos() - cpu);
    }

    private Message disconnect() throws InterruptedException {
        if (client != null) {
            client.close();
            client = null;
        }
        return Message.of(Message.OK);
    }

    private static Message room() throws IOException {
        try (LoadSocket socket = new LoadSocket(Load.DATAGRAM_BYTES, Load.DATAGRAM_BYTES, false)) {
            return Message.of(Message.OK).with("bytes", socket.receiveBufferBytes());
        }
    }
}
