// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The load against a socket of the JDK. */
@Timeout(60) // So that a load that is not there does not stop the build; no assertion waits for it.
class LoadTest {
    @BeforeEach
    void onLinux() {
        assumeTrue(Machine.isLinux(), "the load is made of Linux's calls");
    }

    private static DatagramSocket open() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    /** Receives and sends back, as often as asked, and tells who it came from. */
    private static Set<SocketAddress> echo(DatagramSocket server, int times) throws IOException {
        Set<SocketAddress> peers = new HashSet<>();
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        for (int i = 0; i < times; i++) {
            packet.setLength(4096);
            server.receive(packet);
            assertEquals(Load.DATAGRAM_BYTES, packet.getLength());
            peers.add(packet.getSocketAddress());
            server.send(packet);
        }
        return peers;
    }

    private static void awaitArrived(Load load, long count) throws IOException, InterruptedException {
        while (load.counts().number("arrived") < count) {
            Thread.sleep(1);
        }
    }

    /** On a busy machine some come back too late, and count as lost. */
    private static void awaitAnswers(Load load, long count) throws IOException, InterruptedException {
        Message counts = load.counts();
        while (counts.number("arrived") + counts.number("lost") < count) {
            Thread.sleep(1);
            counts = load.counts();
        }
        assertTrue(counts.number("arrived") > 0, counts.toString());
    }

    @Test
    void everyPeerHasAnAddressOfItsOwnAndItsTurn() throws Exception {
        try (DatagramSocket server = open()) {
            EchoLoad load = new EchoLoad(server.getLocalPort(), 300, 8, 1);
            load.start();
            assertEquals(300, echo(server, 300).size());
            awaitAnswers(load, 290);
            load.stop();
        }
    }

    @Test
    void oneMoreIsSentForEachThatComesBack() throws Exception {
        try (DatagramSocket server = open()) {
            EchoLoad load = new EchoLoad(server.getLocalPort(), 1, 4, 1);
            load.start();
            assertEquals(1, echo(server, 1000).size());
            awaitAnswers(load, 1000);
            load.stop();
        }
    }

    @Test
    void whatDoesNotComeBackIsReplaced() throws Exception {
        try (DatagramSocket server = open()) {
            EchoLoad load = new EchoLoad(server.getLocalPort(), 1, 4, 1);
            load.start();
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            for (int i = 0; i < 4; i++) {
                server.receive(packet);
            }
            // All four are out: the next can only be in place of a lost one.
            server.receive(packet);
            while (load.counts().number("lost") == 0) {
                Thread.sleep(1);
            }
            assertEquals(0, load.counts().number("arrived"));
            load.stop();
        }
    }

    @Test
    void aTrainArrivesAsItsDatagrams() throws Exception {
        try (DatagramSocket server = open()) {
            EchoLoad load = new EchoLoad(server.getLocalPort(), 1, 64, 32);
            load.start();
            assertEquals(1, echo(server, 640).size());
            awaitAnswers(load, 640);
            load.stop();
        }
    }

    @Test
    void aFloodCountsWhatItSent() throws Exception {
        try (DatagramSocket server = open()) {
            for (int train : new int[]{1, 32}) {
                FloodLoad load = new FloodLoad(server.getLocalPort(), train);
                load.start();
                echo(server, 100);
                while (load.counts().number("sent") < 100) {
                    Thread.sleep(1);
                }
                load.stop();
            }
        }
    }

    @Test
    void aSinkCountsWhatArrived() throws Exception {
        try (DatagramSocket client = open()) {
            SinkLoad load = new SinkLoad();
            load.start();
            InetSocketAddress to = new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"), load.socket().port());
            for (int i = 0; i < 100; i++) {
                client.send(new DatagramPacket(new byte[Load.DATAGRAM_BYTES], Load.DATAGRAM_BYTES, to));
            }
            awaitArrived(load, 100);
            assertEquals(100, load.counts().number("arrived"));
            load.stop();
        }
    }

    @Test
    void dropsAreReadFromTheKernelsTable() throws IOException {
        String table = """
                   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
                  100: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12 2 0000000000000000 5
                 2101: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 13 2 0000000000000000 17
                """;
        assertEquals(5, SinkLoad.dropped(table, 0x1F90));
        assertEquals(17, SinkLoad.dropped(table, 53));
        assertThrows(IOException.class, () -> SinkLoad.dropped(table, 54));
    }

    @Test
    void processorListsAreRead() {
        assertEquals(new TreeSet<>(List.of(0, 1, 2, 3, 8)), Processors.parse("\t0-3,8\n"));
        assertEquals(new TreeSet<>(List.of(5)), Processors.parse("5"));
        assertTrue(Processors.parse("").isEmpty());
    }

    @Test
    void theClockOfAProcessCountsItsWork() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long process = Libc.processCpuNanos();
        long thread = threads.getCurrentThreadCpuTime();
        long work = 0;
        while (work < 20_000_000) {
            work = threads.getCurrentThreadCpuTime() - thread;
        }
        long counted = Libc.processCpuNanos() - process;
        assertTrue(counted >= work, counted + " of " + work);
    }
}
