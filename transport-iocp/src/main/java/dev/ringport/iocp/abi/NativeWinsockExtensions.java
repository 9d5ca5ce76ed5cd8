// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.Signature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.UUID;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_GET_EXTENSION_FUNCTION_POINTER;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;

/** The extension functions, asked for once: the system's own providers have them at one place for all sockets. */
final class NativeWinsockExtensions implements WinsockExtensions {
    private static final MethodHandle ACCEPT_EX = stream("AcceptEx", "IJJJIIIJJ", ErrorState.WSA_LAST_ERROR,
            "b5367df1-cbac-11cf-95ca-00805f48a192");
    private static final MethodHandle GET_ACCEPT_EX_SOCKADDRS = stream("GetAcceptExSockaddrs", "VJIIIJJJJ",
            ErrorState.NONE, "b5367df2-cbac-11cf-95ca-00805f48a192");
    private static final MethodHandle CONNECT_EX = stream("ConnectEx", "IJJIJIJJ", ErrorState.WSA_LAST_ERROR,
            "25a207b9-ddf3-4660-8ee9-76e58c74063e");
    private static final MethodHandle TRANSMIT_FILE = stream("TransmitFile", "IJJIIJJI", ErrorState.WSA_LAST_ERROR,
            "b5367df0-cbac-11cf-95ca-00805f48a192");
    private static final MethodHandle WSA_RECV_MSG = datagram("WSARecvMsg", "IJJJJJ", ErrorState.WSA_LAST_ERROR,
            "f689d7c8-6f1f-436b-8a53-e54fe351c322");
    private static final MethodHandle WSA_SEND_MSG = datagram("WSASendMsg", "IJJIJJJ", ErrorState.WSA_LAST_ERROR,
            "a441e712-754f-43ca-84a7-0dee44cf606d");

    NativeWinsockExtensions() {}

    private static MethodHandle stream(String name, String signature, ErrorState errors, String guid) {
        return NativeCalls.bind(find(name, guid, SOCK_STREAM, IPPROTO_TCP), Signature.of(signature), errors);
    }

    private static MethodHandle datagram(String name, String signature, ErrorState errors, String guid) {
        return NativeCalls.bind(find(name, guid, SOCK_DGRAM, IPPROTO_UDP), Signature.of(signature), errors);
    }

    private static MemorySegment find(String name, String guid, int type, int protocol) {
        Winsock winsock = new NativeWinsock();
        MemorySegment capture = NativeCalls.threadCapture();
        long socket = winsock.wsaSocketW(capture, AF_INET, type, protocol, 0, 0, WSA_FLAG_NO_HANDLE_INHERIT);
        if (socket < 0) {
            socket = winsock.wsaSocketW(capture, AF_INET6, type, protocol, 0, 0, WSA_FLAG_NO_HANDLE_INHERIT);
        }
        if (socket < 0) {
            throw new UnsatisfiedLinkError("WSASocketW failed: " + WindowsErrors.describe((int) -socket));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(Guid.LAYOUT);
            Guid.put(id, 0, UUID.fromString(guid));
            MemorySegment pointer = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment returned = arena.allocate(ValueLayout.JAVA_INT);
            int result = winsock.wsaIoctl(
                    capture, socket, SIO_GET_EXTENSION_FUNCTION_POINTER, id.address(), (int) Guid.BYTES,
                    pointer.address(), Long.BYTES, returned.address(), 0, 0);
            if (result < 0) {
                throw new UnsatisfiedLinkError("Winsock has no " + name + ": " + WindowsErrors.describe(-result));
            }
            return MemorySegment.ofAddress(pointer.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            int _ = winsock.closesocket(capture, socket);
        }
    }

    @Override
    public int acceptEx(MemorySegment capture, long listener, long accepted, long output, int receiveBytes,
            int localBytes, int remoteBytes, long received, long overlapped) {
        try {
            return Answers.wsaBool((int) ACCEPT_EX.invokeExact(capture, listener, accepted, output, receiveBytes,
                    localBytes, remoteBytes, received, overlapped), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public void getAcceptExSockaddrs(long output, int receiveBytes, int localBytes, int remoteBytes, long local,
            long localLength, long remote, long remoteLength) {
        try {
            GET_ACCEPT_EX_SOCKADDRS.invokeExact(output, receiveBytes, localBytes, remoteBytes, local, localLength,
                    remote, remoteLength);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int connectEx(MemorySegment capture, long socket, long name, int nameBytes, long buffer, int bytes,
            long sent, long overlapped) {
        try {
            return Answers.wsaBool(
                    (int) CONNECT_EX.invokeExact(capture, socket, name, nameBytes, buffer, bytes, sent, overlapped),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int transmitFile(MemorySegment capture, long socket, long file, int bytes, int perSend, long overlapped,
            long headAndTail, int flags) {
        try {
            return Answers.wsaBool((int) TRANSMIT_FILE.invokeExact(capture, socket, file, bytes, perSend, overlapped,
                    headAndTail, flags), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaRecvMsg(MemorySegment capture, long socket, long message, long received, long overlapped,
            long routine) {
        try {
            return Answers.status(
                    (int) WSA_RECV_MSG.invokeExact(capture, socket, message, received, overlapped, routine), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaSendMsg(MemorySegment capture, long socket, long message, int flags, long sent, long overlapped,
            long routine) {
        try {
            return Answers.status(
                    (int) WSA_SEND_MSG.invokeExact(capture, socket, message, flags, sent, overlapped, routine),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }
}
