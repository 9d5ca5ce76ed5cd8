// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of the system's {@code ws2_32}. */
final class NativeWinsock implements Winsock {
    private static final SystemLibrary LIBRARY = SystemLibrary.load("ws2_32");

    private static final MethodHandle WSA_STARTUP = answering("WSAStartup", "IIJ");
    private static final MethodHandle WSA_CLEANUP = optional(ErrorState.WSA_LAST_ERROR, "WSACleanup", "I");
    private static final MethodHandle WSA_SOCKET_W = capturing("WSASocketW", "JIIIJII");
    private static final MethodHandle BIND = capturing("bind", "IJJI");
    private static final MethodHandle LISTEN = capturing("listen", "IJI");
    private static final MethodHandle ACCEPT = optional(ErrorState.WSA_LAST_ERROR, "accept", "JJJJ");
    private static final MethodHandle CONNECT = capturing("connect", "IJJI");
    private static final MethodHandle SHUTDOWN = capturing("shutdown", "IJI");
    private static final MethodHandle CLOSESOCKET = capturing("closesocket", "IJ");
    private static final MethodHandle GETSOCKOPT = capturing("getsockopt", "IJIIJJ");
    private static final MethodHandle SETSOCKOPT = capturing("setsockopt", "IJIIJI");
    private static final MethodHandle GETSOCKNAME = capturing("getsockname", "IJJJ");
    private static final MethodHandle GETPEERNAME = capturing("getpeername", "IJJJ");
    private static final MethodHandle SEND = optional(ErrorState.WSA_LAST_ERROR, "send", "IJJII");
    private static final MethodHandle RECV = capturing("recv", "IJJII");
    private static final MethodHandle WSA_SEND = capturing("WSASend", "IJJIJIJJ");
    private static final MethodHandle WSA_RECV = capturing("WSARecv", "IJJIJJJJ");
    private static final MethodHandle WSA_SEND_TO = capturing("WSASendTo", "IJJIJIJIJJ");
    private static final MethodHandle WSA_RECV_FROM = capturing("WSARecvFrom", "IJJIJJJJJJ");
    private static final MethodHandle WSA_IOCTL = capturing("WSAIoctl", "IJIJIJIJJJ");
    private static final MethodHandle WSA_POLL = capturing("WSAPoll", "IJII");
    private static final MethodHandle WSA_GET_LAST_ERROR = optional(ErrorState.NONE, "WSAGetLastError", "I");
    private static final MethodHandle WSA_SET_LAST_ERROR = answering("WSASetLastError", "VI");
    private static final MethodHandle WSA_GET_OVERLAPPED_RESULT = optional(ErrorState.WSA_LAST_ERROR,
            "WSAGetOverlappedResult", "IJJJIJ");
    private static final MethodHandle GET_ADDR_INFO_W = optional(ErrorState.NONE, "GetAddrInfoW", "IJJJJ");
    private static final MethodHandle FREE_ADDR_INFO_W = optional(ErrorState.NONE, "FreeAddrInfoW", "VJ");
    private static final MethodHandle GET_ADDR_INFO_EX_W = answering("GetAddrInfoExW", "IJJIJJJJJJJ");
    private static final MethodHandle GET_ADDR_INFO_EX_CANCEL = answering("GetAddrInfoExCancel", "IJ");
    private static final MethodHandle GET_ADDR_INFO_EX_OVERLAPPED_RESULT = optional(ErrorState.NONE,
            "GetAddrInfoExOverlappedResult",
            "IJ");
    private static final MethodHandle FREE_ADDR_INFO_EX_W = answering("FreeAddrInfoExW", "VJ");
    private static final MethodHandle GET_NAME_INFO_W = optional(ErrorState.NONE, "GetNameInfoW", "IJIJIJII");
    private static final MethodHandle WSA_ADDRESS_TO_STRING_W = optional(ErrorState.WSA_LAST_ERROR,
            "WSAAddressToStringW", "IJIJJJ");
    private static final MethodHandle WSA_STRING_TO_ADDRESS_W = optional(ErrorState.WSA_LAST_ERROR,
            "WSAStringToAddressW", "IJIJJJ");
    private static final MethodHandle WSA_GET_QOS_BY_NAME = optional(ErrorState.WSA_LAST_ERROR, "WSAGetQOSByName",
            "IJJJ");

    NativeWinsock() {}

    /** Binds a function that leaves its code with the thread. */
    private static MethodHandle capturing(String name, String signature) {
        return LIBRARY.bind(name, signature, ErrorState.WSA_LAST_ERROR);
    }

    /** Binds a function that answers its code, or cannot fail. */
    private static MethodHandle answering(String name, String signature) {
        return LIBRARY.bind(name, signature, ErrorState.NONE);
    }

    /** Binds a function that the self-test alone calls: without it the transport works all the same. */
    private static MethodHandle optional(ErrorState errors, String name, String signature) {
        return LIBRARY.bindIfThere(name, signature, errors);
    }

    @Override
    public int wsaStartup(int version, long data) {
        try {
            return -(int) WSA_STARTUP.invokeExact(version, data);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaCleanup(MemorySegment capture) {
        try {
            return Answers.status((int) WSA_CLEANUP.invokeExact(capture), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public long wsaSocketW(MemorySegment capture, int family, int type, int protocol, long protocolInfo, int group,
            int flags) {
        try {
            return Answers.socket(
                    (long) WSA_SOCKET_W.invokeExact(capture, family, type, protocol, protocolInfo, group, flags),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int bind(MemorySegment capture, long socket, long name, int nameBytes) {
        try {
            return Answers.status((int) BIND.invokeExact(capture, socket, name, nameBytes), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int listen(MemorySegment capture, long socket, int backlog) {
        try {
            return Answers.status((int) LISTEN.invokeExact(capture, socket, backlog), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public long accept(MemorySegment capture, long socket, long name, long nameBytes) {
        try {
            return Answers.socket((long) ACCEPT.invokeExact(capture, socket, name, nameBytes), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int connect(MemorySegment capture, long socket, long name, int nameBytes) {
        try {
            return Answers.status((int) CONNECT.invokeExact(capture, socket, name, nameBytes), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int shutdown(MemorySegment capture, long socket, int how) {
        try {
            return Answers.status((int) SHUTDOWN.invokeExact(capture, socket, how), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int closesocket(MemorySegment capture, long socket) {
        try {
            return Answers.status((int) CLOSESOCKET.invokeExact(capture, socket), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getsockopt(MemorySegment capture, long socket, int level, int name, long value, long valueBytes) {
        try {
            return Answers.status((int) GETSOCKOPT.invokeExact(capture, socket, level, name, value, valueBytes),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int setsockopt(MemorySegment capture, long socket, int level, int name, long value, int valueBytes) {
        try {
            return Answers.status((int) SETSOCKOPT.invokeExact(capture, socket, level, name, value, valueBytes),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getsockname(MemorySegment capture, long socket, long name, long nameBytes) {
        try {
            return Answers.status((int) GETSOCKNAME.invokeExact(capture, socket, name, nameBytes), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getpeername(MemorySegment capture, long socket, long name, long nameBytes) {
        try {
            return Answers.status((int) GETPEERNAME.invokeExact(capture, socket, name, nameBytes), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int send(MemorySegment capture, long socket, long buffer, int bytes, int flags) {
        try {
            return Answers.count((int) SEND.invokeExact(capture, socket, buffer, bytes, flags), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int recv(MemorySegment capture, long socket, long buffer, int bytes, int flags) {
        try {
            return Answers.count((int) RECV.invokeExact(capture, socket, buffer, bytes, flags), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaSend(MemorySegment capture, long socket, long buffers, int count, long sent, int flags,
            long overlapped, long routine) {
        try {
            return Answers.status(
                    (int) WSA_SEND.invokeExact(capture, socket, buffers, count, sent, flags, overlapped, routine),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaRecv(MemorySegment capture, long socket, long buffers, int count, long received, long flags,
            long overlapped, long routine) {
        try {
            return Answers.status(
                    (int) WSA_RECV.invokeExact(capture, socket, buffers, count, received, flags, overlapped, routine),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaSendTo(MemorySegment capture, long socket, long buffers, int count, long sent, int flags, long to,
            int toBytes, long overlapped, long routine) {
        try {
            return Answers.status((int) WSA_SEND_TO.invokeExact(capture, socket, buffers, count, sent, flags, to,
                    toBytes, overlapped, routine), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaRecvFrom(MemorySegment capture, long socket, long buffers, int count, long received, long flags,
            long from, long fromBytes, long overlapped, long routine) {
        try {
            return Answers.status((int) WSA_RECV_FROM.invokeExact(capture, socket, buffers, count, received, flags,
                    from, fromBytes, overlapped, routine), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaIoctl(MemorySegment capture, long socket, int code, long in, int inBytes, long out, int outBytes,
            long returned, long overlapped, long routine) {
        try {
            return Answers.status((int) WSA_IOCTL.invokeExact(capture, socket, code, in, inBytes, out, outBytes,
                    returned, overlapped, routine), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaPoll(MemorySegment capture, long descriptors, int count, int millis) {
        try {
            return Answers.count((int) WSA_POLL.invokeExact(capture, descriptors, count, millis), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaGetLastError() {
        try {
            return (int) WSA_GET_LAST_ERROR.invokeExact();
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public void wsaSetLastError(int code) {
        try {
            WSA_SET_LAST_ERROR.invokeExact(code);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaGetOverlappedResult(MemorySegment capture, long socket, long overlapped, long transferred,
            boolean wait, long flags) {
        try {
            return Answers.wsaBool((int) WSA_GET_OVERLAPPED_RESULT.invokeExact(capture, socket, overlapped, transferred,
                    wait ? 1 : 0, flags), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getAddrInfoW(long node, long service, long hints, long result) {
        try {
            return -(int) GET_ADDR_INFO_W.invokeExact(node, service, hints, result);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public void freeAddrInfoW(long result) {
        try {
            FREE_ADDR_INFO_W.invokeExact(result);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getAddrInfoExW(long node, long service, int nameSpace, long provider, long hints, long result,
            long timeout, long overlapped, long routine, long handle) {
        try {
            return -(int) GET_ADDR_INFO_EX_W.invokeExact(node, service, nameSpace, provider, hints, result, timeout,
                    overlapped, routine, handle);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getAddrInfoExCancel(long handle) {
        try {
            return -(int) GET_ADDR_INFO_EX_CANCEL.invokeExact(handle);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getAddrInfoExOverlappedResult(long overlapped) {
        try {
            return -(int) GET_ADDR_INFO_EX_OVERLAPPED_RESULT.invokeExact(overlapped);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public void freeAddrInfoExW(long result) {
        try {
            FREE_ADDR_INFO_EX_W.invokeExact(result);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getNameInfoW(long name, int nameBytes, long node, int nodeLength, long service, int serviceLength,
            int flags) {
        try {
            return -(int) GET_NAME_INFO_W.invokeExact(name, nameBytes, node, nodeLength, service, serviceLength, flags);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaAddressToStringW(MemorySegment capture, long name, int nameBytes, long protocolInfo, long text,
            long textLength) {
        try {
            return Answers.status(
                    (int) WSA_ADDRESS_TO_STRING_W.invokeExact(capture, name, nameBytes, protocolInfo, text, textLength),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaStringToAddressW(MemorySegment capture, long text, int family, long protocolInfo, long name,
            long nameBytes) {
        try {
            return Answers.status(
                    (int) WSA_STRING_TO_ADDRESS_W.invokeExact(capture, text, family, protocolInfo, name, nameBytes),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int wsaGetQosByName(MemorySegment capture, long socket, long name, long qos) {
        try {
            // It may fail and leave the code of an earlier call.
            wsaSetLastError(0);
            return Answers.wsaBool((int) WSA_GET_QOS_BY_NAME.invokeExact(capture, socket, name, qos), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }
}
