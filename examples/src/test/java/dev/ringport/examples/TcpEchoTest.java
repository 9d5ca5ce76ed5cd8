// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(90)
class TcpEchoTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Output out = new Output();
    private final Output err = new Output();

    /** What a server that is not the example does with a connection. */
    private interface Service {
        void serve(Socket connection) throws IOException;
    }

    private int run(String line) {
        return Echo.run(("tcp " + line).split(" "), out.stream(), err.stream());
    }

    private String printed() {
        return out.text() + err.text();
    }

    private static void assumeAvailable(String name) {
        Optional<TransportProvider> found = ExampleTransports.named(name, true);
        assumeTrue(found.isPresent() && found.get().unavailabilityCause() == null, name);
        assumeTrue(found.get().socketChannelClass() != null, name);
    }

    private static boolean isUnderWine() {
        return Transports.report().contains("under Wine");
    }

    private void assertHasLine(String pattern) {
        assertTrue(out.text().lines().anyMatch(line -> line.matches(pattern)), pattern + " in\n" + printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void demo(String name) {
        assumeAvailable(name);
        assertEquals(0, run("--seconds 1 --transport " + name), this::printed);
        assertEquals("", err.text());
        assertHasLine("transport " + name + ": \\w+SocketChannel");
        assertHasLine("  nio: on");
        assertHasLine("server: 127.0.0.1 port \\d+, event loops 1");
        assertHasLine("client: channels 1, bytes 64, outstanding on each 64");
        assertHasLine(" +1 s   sent +[\\d,]+/s   received +[\\d,]+/s   lost 0");
        assertHasLine("round trips in microseconds: p50 [\\d.]+   p90 .*   p99 .*   p99.9 .*   max [\\d.]+");
        assertHasLine("total: sent ([\\d,]+)   received \\1   lost 0 .*   unexpected 0");
        assertHasLine("content: [\\d,]+ bytes came back, [\\d,.]+ MB/s");
        assertHasLine("served: bytes sent ([\\d,]+)   received \\1   lost 0 .*   connections 1   broken 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void soManyMessagesOnManyConnections(String name) {
        assumeAvailable(name);
        String line = "--seconds 60 --threads 2 --clients 4 --window 8 --size 1200 --messages 1000 --transport " + name;
        assertEquals(0, run(line), this::printed);
        assertHasLine("total: sent 4,000   received 4,000   lost 0 .*   unexpected 0");
        assertHasLine("served: bytes sent 4,800,000   received 4,800,000   lost 0 .*   connections 4   broken 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void theLongestMessages(String name) {
        assumeAvailable(name);
        assumeFalse(name.equals("nio") && isUnderWine(), "Wine breaks the content of writes that the JDK's NIO cuts");
        String line = "--seconds 60 --window 8 --size 1048576 --messages 40 --transport " + name;
        assertEquals(0, run(line), this::printed);
        assertHasLine("content: 41,943,040 bytes came back, .*");
    }

    @Test
    void theShortestMessages() {
        assertEquals(0, run("--seconds 60 --window 3 --size 12 --messages 1000"), this::printed);
        assertHasLine("content: 12,000 bytes came back, .*");
    }

    @Test
    void aTransportWithoutTcpIsNeitherTakenNorPicked() {
        assertEquals(3, run("--transport uring"));
        assertTrue(err.text().startsWith("transport uring "), err.text());
        assertEquals(1, err.text().lines().count());
        assertNotEquals("uring", Transports.best().connections().name());
    }

    @Test
    void timeThatIsTooShortForAllMessages() {
        assertEquals(1, run("--seconds 1 --messages 100000 --rate 100"), this::printed);
        assertHasLine("total: sent ([\\d,]+)   received \\1   lost 0 .*   unexpected 0");
    }

    @Test
    void aPortNobodyListensOn() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, LOOPBACK)) {
            port = gone.getLocalPort();
        }
        assertEquals(1, run("client --port " + port));
        assertTrue(err.text().startsWith("the client cannot use /127.0.0.1:" + port + ": "), err.text());
    }

    private int runAgainst(Service service) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, LOOPBACK)) {
            Thread server = new Thread(() -> {
                try (Socket connection = listener.accept()) {
                    service.serve(connection);
                } catch (IOException ended) {
                    // The client is what is tested.
                }
            });
            server.start();
            int code = run("client --seconds 60 --messages 1000 --size 100 --port " + listener.getLocalPort());
            server.join();
            return code;
        }
    }

    @Test
    void anotherByteThanTheOneSent() throws Exception {
        int code = runAgainst(connection -> {
            byte[] message = connection.getInputStream().readNBytes(1000);
            message[350] ^= 1;
            connection.getOutputStream().write(message);
            connection.getInputStream().readAllBytes();
        });
        assertEquals(1, code);
        assertHasLine("total: sent .*   received 3   .*   unexpected 1");
        assertHasLine("first failure of the client: .* of message 3 is not what was sent");
    }

    @Test
    void aConnectionThatEndsTooEarly() throws Exception {
        int code = runAgainst(connection -> {
            connection.getOutputStream().write(connection.getInputStream().readNBytes(1000));
            connection.shutdownOutput();
            connection.getInputStream().readAllBytes();
        });
        assertEquals(1, code);
        assertHasLine("total: sent .*   received 10   .*   unexpected 0");
        assertHasLine("first failure of the client: .*the connection ended with \\d+ messages outstanding");
    }

    @Test
    void aConnectionThatIsReset() throws Exception {
        int code = runAgainst(connection -> {
            connection.getInputStream().readNBytes(1000);
            connection.setSoLinger(true, 0);
        });
        assertEquals(1, code);
        assertHasLine("first failure of the client: .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iocp", "nio", "epoll"})
    void aServerSendsTheRestToAPeerThatEndedItsDirectionAndOutlivesAReset(String name) throws Exception {
        assumeAvailable(name);
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread runner = new Thread(() -> code.complete(run("server --port 0 --transport " + name)));
        runner.start();
        int port = out.awaitNumber("server: 127.0.0.1 port (\\d+)");
        try (Socket reset = new Socket(LOOPBACK, port)) {
            reset.getOutputStream().write(1);
            assertEquals(1, reset.getInputStream().read());
            reset.setSoLinger(true, 0);
        }
        byte[] question = new byte[1 << 20];
        new Random(1).nextBytes(question);
        try (Socket socket = new Socket(LOOPBACK, port); OutputStream output = socket.getOutputStream()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    output.write(question);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (InputStream input = socket.getInputStream()) {
                assertArrayEquals(question, input.readAllBytes());
            }
            sent.get(30, TimeUnit.SECONDS);
        }
        runner.interrupt();
        assertEquals(0, code.get(30, TimeUnit.SECONDS), this::printed);
        // Wine's server process reads the socket's error now and then, and a reset looks like the end of the stream.
        String broken = isUnderWine() ? "[01]" : "1";
        assertHasLine(
                "served: bytes sent 1,048,577   received 1,048,577   lost 0 .*   connections 2   broken " + broken);
    }

    @Test
    void theServerReadsNoMoreWhileThePeerTakesNothing() {
        EmbeddedChannel channel = new EmbeddedChannel(new TcpEchoServerHandler(new TcpEchoCounters()));
        channel.pipeline().fireChannelRead(Unpooled.buffer().writeZero(1 << 20));
        assertFalse(channel.config().isAutoRead());
        channel.pipeline().fireChannelReadComplete();
        assertTrue(channel.config().isAutoRead());
        assertEquals(1 << 20, channel.<ByteBuf>readOutbound().readableBytes());
        assertFalse(channel.finish());
    }
}
