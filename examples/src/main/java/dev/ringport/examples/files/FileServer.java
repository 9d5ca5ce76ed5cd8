// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.Transports;
import dev.ringport.examples.Arguments;
import dev.ringport.examples.Program;
import dev.ringport.examples.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A static file server over HTTP/1.1: GET and HEAD, persistent and pipelined connections, single ranges. It serves what
 * lies under its root until interrupted, and then lets answers in progress end. Exit code: 1 if something failed, 2 for
 * wrong arguments, 3 if the transport is not available, else that of the signal.
 *
 * <p>It is the classic Winsock server in its overlapped form. What one wrote call by call, and where the transport
 * {@code iocp} does it now:
 *
 * <table>
 * <caption>Calls of the classic server</caption>
 * <tr><th>classic</th><th>here</th><th>overlapped form</th></tr>
 * <tr><td>WSAStartup</td><td>the transport is asked whether it is available</td><td>the same call, once a JVM</td></tr>
 * <tr><td>socket</td><td>serverSocketChannelClass()</td><td>WSASocketW with WSA_FLAG_OVERLAPPED, then
 * CreateIoCompletionPort joins it to the loop's port</td></tr>
 * <tr><td>bind, listen</td><td>ServerBootstrap.bind()</td><td>the same calls</td></tr>
 * <tr><td>accept</td><td>childHandler()</td><td>AcceptEx, several posted ahead, each with a socket made before</td></tr>
 * <tr><td>recv</td><td>ctx.read(), channelRead()</td><td>WSARecv</td></tr>
 * <tr><td>send</td><td>ctx.write(ByteBuf)</td><td>WSASend, what is flushed together in one call</td></tr>
 * <tr><td>fread and send in turns</td><td>ctx.write(FileRegion)</td><td>TransmitFile: no byte passes through the
 * JVM</td></tr>
 * <tr><td>select or a thread for each client</td><td>the event loop</td><td>GetQueuedCompletionStatusEx</td></tr>
 * <tr><td>shutdown, closesocket</td><td>shutdownOutput(), close()</td><td>the same calls, once no operation is in
 * flight</td></tr>
 * </table>
 */
public final class FileServer extends Program {
    static final String USAGE = """
            usage: serve [option value]...
            options:
              --root DIR        whose files are served (default: the current one)
              --host NAME       address to serve at (default 127.0.0.1)
              --port N          0..65535, 0: any (default 8080)
              --transport NAME  uring, mmsg, iocp, epoll, netty-io_uring, kqueue, nio; auto takes the best there is for TCP (default auto)
              --threads N       1..256 event loops (default 1)
            """;

    private static final List<String> NAMES = List.of("--root", "--host", "--port", "--transport", "--threads");

    private FileServer() {}

    public static void main(String[] args) {
        new FileServer().execute(args);
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        return new FileServer().run(List.of(args), out, err);
    }

    @Override
    protected String usage() {
        return USAGE;
    }

    @Override
    protected Run parse(List<String> words) throws UsageException {
        Arguments given = Arguments.parse(words, NAMES);
        Path root;
        try {
            root = Path.of(given.text("--root", "."));
        } catch (InvalidPathException noPath) {
            throw new UsageException("--root must be a directory: " + noPath.getMessage());
        }
        String host = given.text("--host", "127.0.0.1");
        int port = given.number("--port", 8080, 0, 65_535);
        int threads = given.number("--threads", 1, 1, 256);
        return new Run(given.transport(), true, (transport, out) -> {
            FileTree tree = new FileTree(root, transport);
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new IOException("no address is known for " + host);
            }
            try (FileListener listener = new FileListener(tree, transport, threads)) {
                listener.bind(address);
                out.println("transport " + transport.name());
                Transports.report().lines().forEach(line -> out.println("  " + line));
                out.println("server: " + listener.url() + " serves " + tree.root());
                untilInterrupted();
                listener.stop();
                out.println("served: " + listener.counters());
                return true;
            }
        });
    }

    private static void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            // Expected: this is how it ends.
        }
    }
}
