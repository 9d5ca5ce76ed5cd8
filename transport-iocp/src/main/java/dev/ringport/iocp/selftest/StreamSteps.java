// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_SEQUENTIAL_SCAN;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_READ;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_SET_EVENT_ON_HANDLE;
import static dev.ringport.iocp.abi.WinsockConstants.GENERIC_READ;
import static dev.ringport.iocp.abi.WinsockConstants.OPEN_EXISTING;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_CONNECT_CONTEXT;
import static dev.ringport.iocp.abi.WinsockConstants.TF_USE_DEFAULT_WORKER;

/** The overlapped calls of TCP: a connection on loopback from its making to its end. */
final class StreamSteps {
    /** What AcceptEx wants for each address. */
    private static final int ADDRESS_ROOM = SocketAddressCodec.INET6_BYTES + 16 + 4;
    private static final String HELLO = "hello";
    private static final String CONTENT = "the content of a file";

    private final Bench bench;
    private final PacketPort port;
    private long listener;
    private long client;
    private long accepted;
    private MemorySegment output = MemorySegment.NULL;

    StreamSteps(Bench bench, PacketPort port) {
        this.bench = bench;
        this.port = port;
    }

    void run() throws IOException {
        bench.step("AcceptEx, ConnectEx", this::connect);
        bench.step("GetAcceptExSockaddrs", this::addresses);
        bench.step("WSASend, WSARecv", () -> exchange(client, accepted));
        bench.step("WSAGetOverlappedResult", this::result);
        bench.step("CreateFileW, GetFileSizeEx, ReadFile, TransmitFile, CloseHandle", this::transmit);
        bench.optional("SetFileCompletionNotificationModes", this::skip);
        bench.step("CancelIoEx", this::cancel);
        bench.step("closesocket with overlapped sockets", () -> {
            bench.close(client);
            bench.close(accepted);
            bench.close(listener);
            return "";
        });
    }

    private String connect() throws IOException {
        listener = bench.socket(true);
        InetSocketAddress address = bench.bind(listener);
        Bench.check("listen", bench.winsock().listen(bench.capture, listener, 1));
        client = bench.socket(true);
        bench.bind(client);
        accepted = bench.socket(true);
        port.associate(listener);
        port.associate(client);
        port.associate(accepted);
        output = bench.room(2 * ADDRESS_ROOM);
        MemorySegment count = bench.number(0);
        MemorySegment accepting = bench.overlapped();
        port.begun(
                "AcceptEx", listener, accepting,
                bench.extensions().acceptEx(
                        bench.capture, listener, accepted, output.address(), 0, ADDRESS_ROOM, ADDRESS_ROOM,
                        count.address(), accepting.address()));
        MemorySegment connecting = bench.overlapped();
        port.begun(
                "ConnectEx", client, connecting,
                bench.extensions().connectEx(
                        bench.capture, client, bench.name(address).address(), SocketAddressCodec.INET_BYTES, 0, 0, 0,
                        connecting.address()));
        port.await("ConnectEx", connecting);
        port.await("AcceptEx", accepting);
        MemorySegment handle = bench.arena.allocateFrom(ValueLayout.JAVA_LONG, listener);
        Bench.check(
                "setsockopt(SO_UPDATE_ACCEPT_CONTEXT)",
                bench.winsock().setsockopt(
                        bench.capture, accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, handle.address(), Long.BYTES));
        Bench.check(
                "setsockopt(SO_UPDATE_CONNECT_CONTEXT)",
                bench.winsock().setsockopt(bench.capture, client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, 0, 0));
        return "";
    }

    private String addresses() throws IOException {
        MemorySegment pointers = bench.arena.allocate(ValueLayout.JAVA_LONG, 2);
        MemorySegment lengths = bench.arena.allocate(ValueLayout.JAVA_INT, 2);
        bench.extensions().getAcceptExSockaddrs(
                output.address(), 0, ADDRESS_ROOM, ADDRESS_ROOM, pointers.address(), lengths.address(),
                pointers.address() + Long.BYTES, lengths.address() + Integer.BYTES);
        MemorySegment remote = NativeMemory
                .at(pointers.getAtIndex(ValueLayout.JAVA_LONG, 1), SocketAddressCodec.INET_BYTES);
        InetSocketAddress from = Bench.address(remote, bench.number(lengths.getAtIndex(ValueLayout.JAVA_INT, 1)));
        Bench.expect(from.equals(bench.localAddress(client)), "accepted from " + from);
        return "";
    }

    private MemorySegment receive(long socket, MemorySegment room) throws IOException {
        MemorySegment receiving = bench.overlapped();
        port.begun(
                "WSARecv", socket, receiving,
                bench.winsock().wsaRecv(
                        bench.capture, socket, bench.buffer(room).address(), 1, 0, bench.number(0).address(),
                        receiving.address(), 0));
        return receiving;
    }

    private MemorySegment send(long socket) throws IOException {
        MemorySegment sending = bench.overlapped();
        port.begun(
                "WSASend", socket, sending,
                bench.winsock().wsaSend(
                        bench.capture, socket, bench.buffer(bench.bytes(HELLO)).address(), 1, 0, 0, sending.address(),
                        0));
        return sending;
    }

    private String exchange(long from, long to) throws IOException {
        MemorySegment room = bench.room(HELLO.length());
        MemorySegment receiving = receive(to, room);
        int sent = port.await("WSASend", send(from));
        int received = port.await("WSARecv", receiving);
        Bench.expect(HELLO.equals(Bench.text(room, received)), "something else arrived");
        return sent + " bytes";
    }

    private String result() throws IOException {
        MemorySegment receiving = receive(client, bench.room(HELLO.length()));
        MemorySegment count = bench.number(0);
        MemorySegment flags = bench.number(0);
        int early = bench.winsock().wsaGetOverlappedResult(
                bench.capture, client, receiving.address(), count.address(), false, flags.address());
        port.await("WSASend", send(accepted));
        port.await("WSARecv", receiving);
        Bench.expect(early == -WindowsErrors.WSA_IO_INCOMPLETE, "answered " + early + " before the end");
        Bench.check(
                "WSAGetOverlappedResult",
                bench.winsock().wsaGetOverlappedResult(
                        bench.capture, client, receiving.address(), count.address(), false, flags.address()));
        Bench.expect(Bench.value(count) == HELLO.length(), "told " + Bench.value(count) + " bytes");
        return "";
    }

    private String transmit() throws IOException {
        Path path = Files.createTempFile("ringport", ".selftest");
        try {
            Files.writeString(path, CONTENT);
            long file = bench.kernel32().createFileW(
                    bench.capture, bench.wide(path.toString()).address(), GENERIC_READ, FILE_SHARE_READ, 0,
                    OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, 0);
            Bench.check("CreateFileW", (int) Math.min(file, 0));
            try {
                read(file);
                return transmit(file);
            } finally {
                Bench.check("CloseHandle", bench.calls.kernel32().closeHandle(bench.capture, file));
            }
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private void read(long file) throws IOException {
        MemorySegment size = bench.arena.allocate(ValueLayout.JAVA_LONG);
        Bench.check("GetFileSizeEx", bench.kernel32().getFileSizeEx(bench.capture, file, size.address()));
        Bench.expect(size.get(ValueLayout.JAVA_LONG, 0) == CONTENT.length(), "GetFileSizeEx tells another length");
        MemorySegment room = bench.room(CONTENT.length());
        MemorySegment count = bench.number(0);
        // The handle is not overlapped, so the call waits; the OVERLAPPED says from where.
        Bench.check(
                "ReadFile",
                bench.kernel32().readFile(
                        bench.capture, file, room.address(), CONTENT.length(), count.address(),
                        bench.overlapped().address()));
        Bench.expect(CONTENT.equals(Bench.text(room, Bench.value(count))), "ReadFile read something else");
    }

    private String transmit(long file) throws IOException {
        MemorySegment sending = bench.overlapped();
        port.begun(
                "TransmitFile", client, sending,
                bench.extensions().transmitFile(
                        bench.capture, client, file, CONTENT.length(), 0, sending.address(), 0, TF_USE_DEFAULT_WORKER));
        int sent = port.await("TransmitFile", sending);
        StringBuilder arrived = new StringBuilder();
        while (arrived.length() < sent) {
            MemorySegment room = bench.room(CONTENT.length());
            int more = port.await("WSARecv", receive(accepted, room));
            Bench.expect(more > 0, "the stream ended early");
            arrived.append(Bench.text(room, more));
        }
        Bench.expect(CONTENT.contentEquals(arrived), "something else arrived");
        return sent + " bytes";
    }

    /** Afterwards the client's sends that end at once post no packet. */
    private String skip() throws IOException {
        Bench.check(
                "SetFileCompletionNotificationModes",
                bench.kernel32().setFileCompletionNotificationModes(
                        bench.capture, client, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE));
        MemorySegment sending = bench.overlapped();
        int result = bench.winsock().wsaSend(
                bench.capture, client, bench.buffer(bench.bytes(HELLO)).address(), 1, 0, 0, sending.address(), 0);
        if (result < 0) {
            port.begun("WSASend", client, sending, result);
            port.await("WSASend", sending);
        } else {
            Bench.expect(port.take(0) == 0, "a packet came for what had ended at once");
        }
        MemorySegment room = bench.room(HELLO.length());
        int received = port.await("WSARecv", receive(accepted, room));
        Bench.expect(HELLO.equals(Bench.text(room, received)), "something else arrived");
        return result < 0 ? "the send did not end at once" : "no packet for what ended at once";
    }

    private String cancel() throws IOException {
        MemorySegment receiving = receive(accepted, bench.room(1));
        Bench.check(
                "CancelIoEx",
                bench.kernel32().cancelIoEx(bench.capture, accepted, receiving.address()));
        int result = port.end("WSARecv", receiving);
        Bench.expect(result == -WindowsErrors.WSA_OPERATION_ABORTED, "the receive ended with " + result);
        return "";
    }
}
