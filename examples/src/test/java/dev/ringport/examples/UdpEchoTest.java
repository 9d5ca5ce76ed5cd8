// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(60)
class UdpEchoTest {
    private static final Pattern TOTAL = Pattern
            .compile("total: sent ([\\d,]+) +received ([\\d,]+) +lost ([\\d,]+) .* unexpected ([\\d,]+)");

    private final Output out = new Output();
    private final Output err = new Output();

    private int run(String line) {
        return Echo.run(line.isEmpty() ? new String[0] : line.split(" "), out.stream(), err.stream());
    }

    private static void assumeAvailable(String name) {
        Optional<TransportProvider> found = ExampleTransports.named(name, false);
        assumeTrue(found.isPresent(), name);
        TransportProvider transport = found.get();
        assumeTrue(transport.unavailabilityCause() == null, () -> name + ": " + transport.unavailabilityCause());
    }

    private void assertHasLine(String pattern) {
        assertTrue(out.text().lines().anyMatch(line -> line.matches(pattern)), pattern + " in\n" + out.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "nio", "epoll"})
    void demo(String name) {
        assumeAvailable(name);
        assertEquals(0, run("demo --seconds 1 --transport " + name), () -> out.text() + err.text());
        assertEquals("", err.text());
        assertHasLine("transport " + name + ": \\w+DatagramChannel");
        assertHasLine("  io_uring: .*");
        assertHasLine("  nio: on");
        assertHasLine("server: 127.0.0.1 port \\d+, event loops 1");
        assertHasLine("client: channels 1, bytes 64, outstanding on each 64");
        assertHasLine(" +1 s   sent +[\\d,]+/s   received +[\\d,]+/s   lost \\d+");
        assertHasLine("round trips in microseconds: p50 [\\d.]+   p90 .*   p99 .*   p99.9 .*   max [\\d.]+");
        assertHasLine("served: sent .*");
        if (name.equals("uring")) {
            assertHasLine("server loop: enters \\d+, .*");
        } else if (name.equals("mmsg")) {
            assertHasLine("server loop: waits \\d+, .*");
        }
        assertFewLost();
    }

    private void assertFewLost() {
        Matcher total = TOTAL.matcher(out.text());
        assertTrue(total.find(), out.text());
        long sent = number(total.group(1));
        long received = number(total.group(2));
        long lost = number(total.group(3));
        assertTrue(received > 0);
        assertEquals(sent, received + lost);
        // An answer that comes after its datagram was given up is unexpected; a machine that stalls may delay a window.
        long late = number(total.group(4));
        assertTrue(lost - late <= sent / 100, out.text());
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "nio", "epoll"})
    void manyChannelsAndLoops(String name) {
        assumeAvailable(name);
        int code = run("--seconds 1 --threads 2 --clients 4 --window 8 --size 1200 --transport " + name);
        assertEquals(0, code, () -> out.text() + err.text());
        assertHasLine("server: 127.0.0.1 port \\d+, event loops " + (sharesPorts(name) ? 2 : 1));
        assertFewLost();
    }

    private static boolean sharesPorts(String name) {
        return ExampleTransports.reusePort(ExampleTransports.named(name, false).orElseThrow()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "nio", "epoll"})
    void theLongestDatagram(String name) {
        assumeAvailable(name);
        int code = run("--seconds 1 --window 1 --size 65507 --transport " + name);
        assertEquals(0, code, () -> out.text() + err.text());
        assertFewLost();
    }

    @Test
    void withARate() {
        assertEquals(0, run("--seconds 1 --rate 100"), () -> out.text() + err.text());
        assertFewLost();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--bogus",
        "client --bogus 1",
        "neither",
        "udp neither",
        "tcp udp",
        "--messages 5",
        "tcp --size 1048577",
        "tcp server --messages 5",
        "--size 11",
        "--size 65508",
        "--size many",
        "--size",
        "--size 12 --size 12",
        "--window 0",
        "--clients 0",
        "--seconds 0",
        "--port -1",
        "--threads 0",
        "--rate 0",
        "--transport carrier-pigeon",
        "client --port 0",
        "server --window 5"})
    void wrongArgumentsGetTheUsage(String line) {
        assertEquals(2, run(line));
        assertEquals("", out.text());
        assertTrue(err.text().contains("\nusage: echo "), err.text());
    }

    @Test
    void helpGetsTheUsageToo() {
        assertEquals(0, run("client --help"));
        assertEquals(EchoOptions.USAGE, out.text());
        assertEquals("", err.text());
    }

    @Test
    void nothingCameBack() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertEquals(1, run("client --seconds 1 --window 3 --port " + silent.getLocalPort()));
            assertHasLine("round trips: none");
            assertHasLine("total: sent \\d+   received 0   lost \\d+ .*");
            assertEquals("", err.text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "nio", "epoll"})
    void aPortInUse(String name) throws Exception {
        assumeAvailable(name);
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertEquals(1, run("server --transport " + name + " --port " + taken.getLocalPort()));
            String line = "the server cannot use /127.0.0.1:" + taken.getLocalPort() + ": ";
            assertTrue(err.text().startsWith(line) && err.text().lines().count() == 1, err.text());
        }
    }

    @Test
    void anUnknownHost() {
        assertEquals(1, run("client --host name.invalid"));
        assertTrue(err.text().contains("name.invalid"), err.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg", "iocp", "nio", "epoll"})
    void aServerRunsUntilInterrupted(String name) throws Exception {
        assumeAvailable(name);
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread runner = new Thread(() -> code.complete(run("server --port 0 --transport " + name)));
        runner.start();
        int port = out.awaitNumber("server: 127.0.0.1 port (\\d+)");
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] question = "hello".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(question, question.length,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            assertArrayEquals(question, Arrays.copyOf(answer.getData(), answer.getLength()));
        }
        runner.interrupt();
        assertEquals(0, code.get(30, TimeUnit.SECONDS));
        assertHasLine("interrupted");
        assertHasLine("served: sent 1   received 1   lost 0 .*");
    }
}
