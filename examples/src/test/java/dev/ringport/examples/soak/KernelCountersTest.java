// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KernelCountersTest {
    @Test
    void pairsOfLines() {
        Map<String, Long> values = new TreeMap<>();
        KernelCounters.readPairsOfLines(
                List.of("Ip: Forwarding ReasmFails", "Ip: 1 7", "Udp: InErrors RcvbufErrors", "Udp: 3 4"), values);
        assertEquals(
                Map.of("Ip Forwarding", 1L, "Ip ReasmFails", 7L, "Udp InErrors", 3L, "Udp RcvbufErrors", 4L), values);
    }

    @Test
    void devices() {
        assertEquals(
                33,
                KernelCounters.dropsOfDevices(
                        List.of(
                                "Inter-|   Receive                      |  Transmit",
                                " face |bytes packets errs drop ...",
                                "    lo: 1 2 3 10 5 6 7 8 9 10 11 20 13 14 15 16",
                                "  eth0: 1 2 3 100 5 6 7 8 9 10 11 200 13 14 15 16",
                                "    v0:1 2 3 1 5 6 7 8 9 10 11 2 13 14 15 16")));
    }

    @Test
    void sockets() {
        List<String> lines = List.of(
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
                        + "pointer drops",
                "  100: 0100007F:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 12",
                "  101: 0100007F:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 5");
        assertEquals(12, KernelCounters.dropsOfSockets(lines, List.of(8080)));
        assertEquals(17, KernelCounters.dropsOfSockets(lines, List.of(8080, 8081)));
        assertEquals(0, KernelCounters.dropsOfSockets(lines, List.of(1)));
        assertEquals(0, KernelCounters.dropsOfSockets(List.of(), List.of(1)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aSocketThatNobodyReads() throws Exception {
        try (
                DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket sender = new DatagramSocket()) {
            deaf.setReceiveBufferSize(4096);
            List<Integer> ports = List.of(deaf.getLocalPort());
            KernelCounters before = KernelCounters.read(ports);
            for (int i = 0; i < 100; i++) {
                sender.send(new DatagramPacket(new byte[1000], 1000, deaf.getLocalSocketAddress()));
            }
            KernelCounters counted = KernelCounters.read(ports).since(before);
            assertTrue(counted.lost() >= 50 && counted.toString().contains("sockets"), counted::toString);
        }
    }
}
