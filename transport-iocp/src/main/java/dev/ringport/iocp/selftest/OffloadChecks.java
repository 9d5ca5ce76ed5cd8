// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Started;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IPV6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.IPV6_ECN;
import static dev.ringport.iocp.abi.WinsockConstants.IP_ECN;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_COALESCED_INFO;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_SEND_MSG_SIZE;

/**
 * Trains of datagrams and marks, on each interface from its own address to the same address. Interfaces go by Java's
 * names, which tell neither maker nor address.
 */
final class OffloadChecks {
    private static final int SEGMENT = 1_000;
    private static final int TAIL = 500;
    private static final int TRAIN = 10 * SEGMENT + TAIL;
    private static final int ROOM = 65_535;
    private static final int CONTROL_ROOM = 128;
    private static final int CONTROL_SPACE = 24;
    private static final int MARK = 2;
    private static final int MOST_INTERFACES = 8;

    /** A datagram or a train that came. */
    private record Arrived(int bytes, int segment, int mark) {}

    private OffloadChecks() {}

    static List<Check> all() throws IOException {
        List<Check> all = new ArrayList<>();
        int interfaces = 0;
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (!each.isUp() || interfaces == MOST_INTERFACES) {
                continue;
            }
            List<InetAddress> addresses = Collections.list(each.getInetAddresses());
            boolean found = false;
            for (boolean inet6 : new boolean[]{false, true}) {
                InetAddress own = addresses.stream()
                        .filter(address -> address instanceof Inet6Address == inet6)
                        .findFirst()
                        .orElse(null);
                if (own != null) {
                    found = true;
                    all.addAll(on(own, each.getName() + (inet6 ? ", IPv6" : ", IPv4")));
                }
            }
            interfaces += found ? 1 : 0;
        }
        return all;
    }

    /** The interfaces of checks, once each. */
    static String names(List<Check> checks) {
        return checks.stream()
                .map(check -> check.name().replaceAll("^.* on ", ""))
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static List<Check> on(InetAddress own, String where) {
        return List.of(
                Check.of(
                        "offloads: USO on " + where, "setsockopt WSASendMsg",
                        "one send of " + TRAIN + " bytes arrives as 10 datagrams of " + SEGMENT + " and one of " + TAIL,
                        bench -> segmentation(bench, own)),
                Check.of(
                        "offloads: URO on " + where, "setsockopt WSARecvMsg",
                        "all of the train arrives, and what comes joined says its UDP_COALESCED_INFO",
                        bench -> coalescing(bench, own)),
                Check.of(
                        "offloads: ECN on " + where, "setsockopt WSASendMsg WSARecvMsg",
                        "a datagram sent with mark " + MARK + " arrives with it",
                        bench -> marks(bench, own)));
    }

    private static Seen segmentation(CheckBench bench, InetAddress own) throws IOException {
        long receiver = bench.datagram(own);
        long sender = bench.datagram(own);
        Check.needs(
                "setsockopt(UDP_SEND_MSG_SIZE)",
                bench.set(bench.datagram(own), IPPROTO_UDP, UDP_SEND_MSG_SIZE, SEGMENT));
        bench.port().associate(receiver);
        bench.port().associate(sender);
        int sent = sendTrain(bench, sender, receiver, own);
        if (sent < 0) {
            return new Seen(false, "WSASendMsg: " + CheckBench.told(sent));
        }
        List<Arrived> arrived = collect(bench, receiver);
        boolean whole = arrived.size() == TRAIN / SEGMENT + 1
                && arrived.subList(0, TRAIN / SEGMENT).stream().allMatch(each -> each.bytes() == SEGMENT)
                && arrived.getLast().bytes() == TAIL;
        return new Seen(whole, told(arrived));
    }

    private static int sendTrain(CheckBench bench, long sender, long receiver, InetAddress own) throws IOException {
        MemorySegment control = bench.bench.room(CONTROL_SPACE);
        int bytes = ControlMessageWriter.putInt(control, 0, IPPROTO_UDP, UDP_SEND_MSG_SIZE, SEGMENT);
        return bench.sendMessage(sender, bench.bench.room(TRAIN), address(bench, receiver, own),
                control.asSlice(0, bytes));
    }

    private static InetSocketAddress address(CheckBench bench, long socket, InetAddress own) throws IOException {
        return new InetSocketAddress(own, bench.bench.localAddress(socket).getPort());
    }

    private static Seen coalescing(CheckBench bench, InetAddress own) throws IOException {
        long receiver = bench.datagram(own);
        long sender = bench.datagram(own);
        Check.needs(
                "setsockopt(UDP_RECV_MAX_COALESCED_SIZE)",
                bench.set(receiver, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, ROOM));
        bench.port().associate(receiver);
        bench.port().associate(sender);
        int sent = sendTrain(bench, sender, receiver, own);
        if (sent < 0) {
            return new Seen(false, "WSASendMsg: " + CheckBench.told(sent));
        }
        List<Arrived> arrived = collect(bench, receiver);
        int total = arrived.stream().mapToInt(Arrived::bytes).sum();
        boolean told = arrived.stream().allMatch(each -> each.bytes() <= SEGMENT || each.segment() == SEGMENT);
        return new Seen(total == TRAIN && told, total + " of " + TRAIN + " bytes: " + told(arrived));
    }

    private static Seen marks(CheckBench bench, InetAddress own) throws IOException {
        long receiver = bench.datagram(own);
        long sender = bench.datagram(own);
        boolean inet6 = own instanceof Inet6Address;
        int level = inet6 ? IPPROTO_IPV6 : IPPROTO_IP;
        int option = inet6 ? IPV6_ECN : IP_ECN;
        Check.needs("setsockopt(IP_ECN)", bench.set(receiver, level, option, 1));
        bench.port().associate(receiver);
        bench.port().associate(sender);
        MemorySegment control = bench.bench.room(CONTROL_SPACE);
        int bytes = ControlMessageWriter.putInt(control, 0, level, option, MARK);
        int sent = bench.sendMessage(
                sender, bench.bench.room(TAIL), address(bench, receiver, own), control.asSlice(0, bytes));
        if (sent < 0) {
            return new Seen(false, "WSASendMsg: " + CheckBench.told(sent));
        }
        List<Arrived> arrived = collect(bench, receiver);
        if (arrived.isEmpty()) {
            return new Seen(false, "nothing arrived");
        }
        int mark = arrived.getFirst().mark();
        return new Seen(mark == MARK, mark < 0 ? "no mark" : "mark " + mark);
    }

    /** Takes what comes, until nothing does. */
    private static List<Arrived> collect(CheckBench bench, long socket) throws IOException {
        List<Arrived> arrived = new ArrayList<>();
        int bytes = 0;
        while (bytes < TRAIN) {
            MemorySegment message = bench.message(
                    bench.bench.room(SocketAddressCodec.ROOM), SocketAddressCodec.ROOM, bench.bench.room(ROOM),
                    bench.bench.room(CONTROL_ROOM));
            Started receiving = bench.startReceiveMessage(socket, message);
            Integer result = bench.endWithin(receiving, CheckBench.SILENCE_MILLIS);
            if (result == null) {
                break;
            }
            Bench.check("WSARecvMsg", result);
            arrived.add(new Arrived(result, control(message, true), control(message, false)));
            bytes += result;
        }
        return arrived;
    }

    /** A number of the control data, or -1: the size of the segments, or the mark. */
    private static int control(MemorySegment message, boolean ofSegments) {
        long at = Wsabuf.buf(message, Wsamsg.CONTROL);
        int bytes = Math.min(CONTROL_ROOM, Wsabuf.len(message, Wsamsg.CONTROL));
        ControlMessageReader reader = new ControlMessageReader();
        reader.reset(NativeMemory.at(at, CONTROL_ROOM), 0, bytes);
        while (reader.next()) {
            boolean segments = reader.level() == IPPROTO_UDP && reader.type() == UDP_COALESCED_INFO;
            boolean mark = (reader.level() == IPPROTO_IP && reader.type() == IP_ECN)
                    || (reader.level() == IPPROTO_IPV6 && reader.type() == IPV6_ECN);
            if (ofSegments ? segments : mark) {
                return reader.intData();
            }
        }
        return -1;
    }

    private static String told(List<Arrived> arrived) {
        if (arrived.isEmpty()) {
            return "nothing arrived";
        }
        return arrived.stream()
                .map(each -> each.bytes() + (each.segment() < 0 ? "" : " (segments of " + each.segment() + ")"))
                .collect(Collectors.joining(", ", arrived.size() + " came: ", ""));
    }
}
