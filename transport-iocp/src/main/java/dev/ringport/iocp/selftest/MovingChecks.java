// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.FileCompletionInformation;
import dev.ringport.iocp.abi.IoStatusBlock;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Pair;
import dev.ringport.iocp.selftest.CheckBench.Started;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;

import static dev.ringport.iocp.abi.WinsockConstants.FileReplaceCompletionInformation;

/** A socket that moves from one completion port to another. */
final class MovingChecks {
    private static final int BYTES = 16;
    private static final String HELLO = "hello";
    private static final String AT_NEW = "its packet comes at the new port";

    private MovingChecks() {}

    static List<Check> all() {
        String functions = "NtSetInformationFile CreateIoCompletionPort";
        return List.of(
                Check.of("moving a TCP socket: a receive that waits", functions, AT_NEW, MovingChecks::pendingStream),
                Check.of("moving a UDP socket: a receive that waits", functions, AT_NEW, MovingChecks::pendingDatagram),
                Check.of("moving a TCP socket: a send that ends at once", functions, AT_NEW, MovingChecks::inline),
                Check.of(
                        "moving a TCP socket: notification modes", functions + " SetFileCompletionNotificationModes",
                        "set again they hold: what ends at once posts no packet at either port",
                        MovingChecks::modes));
    }

    private static void move(CheckBench bench, long socket, PacketPort to) throws IOException {
        MemorySegment status = bench.bench.arena.allocate(IoStatusBlock.LAYOUT);
        MemorySegment information = bench.bench.arena.allocate(FileCompletionInformation.LAYOUT);
        FileCompletionInformation.port(information, 0, to.handle());
        int result = bench.bench.ntdll().ntSetInformationFile(
                socket, status.address(), information.address(), (int) FileCompletionInformation.BYTES,
                FileReplaceCompletionInformation);
        if (result != 0) {
            throw new CannotException("NtSetInformationFile answers 0x" + Integer.toHexString(result));
        }
    }

    /** Waits for an operation whose packet may come at either port. */
    private static Seen awaited(Started started, PacketPort former, PacketPort now) throws IOException {
        now.begun(started.call(), started.socket(), started.overlapped(), started.result());
        former.begun(started.call(), started.socket(), started.overlapped(), started.result());
        Integer atNew = now.endWithin(started.overlapped(), Bench.PATIENCE_MILLIS / 2);
        if (atNew != null) {
            former.forget(started.overlapped());
            return new Seen(atNew >= 0, "at the new port: " + CheckBench.told(atNew));
        }
        Integer atFormer = former.endWithin(started.overlapped(), CheckBench.SILENCE_MILLIS);
        if (atFormer != null) {
            now.forget(started.overlapped());
            return new Seen(false, "at the former port: " + CheckBench.told(atFormer));
        }
        return new Seen(false, "at neither port");
    }

    private static Seen pendingStream(CheckBench bench) throws IOException {
        PacketPort former = bench.newPort();
        PacketPort now = bench.newPort();
        Pair pair = bench.connected();
        bench.port().associate(pair.client());
        former.associate(pair.accepted());
        move(bench, pair.accepted(), now);
        Started receiving = bench.beginReceive(pair.accepted(), BYTES);
        bench.send(pair.client(), HELLO);
        return awaited(receiving, former, now);
    }

    private static Seen pendingDatagram(CheckBench bench) throws IOException {
        PacketPort former = bench.newPort();
        PacketPort now = bench.newPort();
        long socket = bench.bench.socket(false);
        InetSocketAddress address = bench.bench.bind(socket);
        long other = bench.bench.socket(false);
        InetSocketAddress from = bench.bench.bind(other);
        bench.port().associate(other);
        Bench.check("connect", bench.tryConnect(socket, from));
        former.associate(socket);
        move(bench, socket, now);
        Started receiving = bench.beginReceive(socket, BYTES);
        bench.sendTo(other, HELLO, address);
        return awaited(receiving, former, now);
    }

    private static Seen inline(CheckBench bench) throws IOException {
        PacketPort former = bench.newPort();
        PacketPort now = bench.newPort();
        Pair pair = bench.connected();
        former.associate(pair.accepted());
        move(bench, pair.accepted(), now);
        return awaited(bench.beginSend(pair.accepted(), bench.bench.bytes(HELLO)), former, now);
    }

    private static Seen modes(CheckBench bench) throws IOException {
        PacketPort former = bench.newPort();
        PacketPort now = bench.newPort();
        Pair pair = bench.connected();
        former.associate(pair.accepted());
        Check.needs("SetFileCompletionNotificationModes", bench.skipPackets(pair.accepted()));
        move(bench, pair.accepted(), now);
        String moved = packets(bench, pair.accepted(), former, now);
        Check.needs("SetFileCompletionNotificationModes after the move", bench.skipPackets(pair.accepted()));
        String again = packets(bench, pair.accepted(), former, now);
        return new Seen(again.equals("no packet"), "before they were set again " + moved + ", after it " + again);
    }

    /** Sends what ends at once, and looks where a packet of it comes. */
    private static String packets(CheckBench bench, long socket, PacketPort former, PacketPort now)
            throws IOException {
        Started sending = bench.beginSend(socket, bench.bench.bytes(HELLO));
        if (sending.result() != 0) {
            Bench.check("WSASend", sending.isPending() ? 0 : sending.result());
            Seen end = awaited(sending, former, now);
            throw new CannotException("the send did not end at once; " + end.what());
        }
        if (now.take(CheckBench.SILENCE_MILLIS) > 0) {
            return "a packet at the new port";
        }
        return former.take(0) > 0 ? "a packet at the former port" : "no packet";
    }
}
