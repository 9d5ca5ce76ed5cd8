// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

/**
 * What went wrong. Windows tells it in three vocabularies: Winsock codes, Win32 codes and, in completion packets,
 * {@code NTSTATUS}. {@link #fromStatus} leads all to Winsock codes where there is one, and {@link #exception} to what
 * Netty users catch. Codes are positive; calls answer them negated.
 */
public final class WindowsErrors {
    /** A function failed and left no code. */
    public static final int NO_CODE = Integer.MAX_VALUE;

    /** No such file. */
    public static final int ERROR_FILE_NOT_FOUND = 2;
    /** A folder on the way is not there. */
    public static final int ERROR_PATH_NOT_FOUND = 3;
    /** Access denied, as Win32 says it. */
    public static final int ERROR_ACCESS_DENIED = 5;
    /** The handle is none. */
    public static final int ERROR_INVALID_HANDLE = 6;
    /** Another program has the file for itself. */
    public static final int ERROR_SHARING_VIOLATION = 32;
    /** The file ends before. */
    public static final int ERROR_HANDLE_EOF = 38;
    /** Not supported. */
    public static final int ERROR_NOT_SUPPORTED = 50;
    /** The peer reset the connection, as Win32 says it. */
    public static final int ERROR_NETNAME_DELETED = 64;
    /** Invalid parameter; of a port: the handle belongs to another. */
    public static final int ERROR_INVALID_PARAMETER = 87;
    /** This system has no such function. */
    public static final int ERROR_CALL_NOT_IMPLEMENTED = 120;
    /** Timed out, as Win32 says it. */
    public static final int ERROR_SEM_TIMEOUT = 121;
    /** The datagram was cut off, as Win32 says it. */
    public static final int ERROR_MORE_DATA = 234;
    /** No packet came in time. */
    public static final int WAIT_TIMEOUT = 258;
    /** The port was closed while a thread waited. */
    public static final int ERROR_ABANDONED_WAIT_0 = 735;
    /** Cancelled. */
    public static final int WSA_OPERATION_ABORTED = 995;
    /** The operation has not ended yet. */
    public static final int WSA_IO_INCOMPLETE = 996;
    /** The operation is under way, and a packet will follow. */
    public static final int WSA_IO_PENDING = 997;
    /** There is nothing to cancel. */
    public static final int ERROR_NOT_FOUND = 1168;
    /** Refused, as Win32 says it. */
    public static final int ERROR_CONNECTION_REFUSED = 1225;
    /** Nothing listens at the datagram's port. */
    public static final int ERROR_PORT_UNREACHABLE = 1234;
    /** Ended by this machine, as Win32 says it. */
    public static final int ERROR_CONNECTION_ABORTED = 1236;

    /** Interrupted by the close of the socket. */
    public static final int WSAEINTR = 10004;
    /** Permission denied; of a bind: another socket has the address for itself. */
    public static final int WSAEACCES = 10013;
    /** Bad address. */
    public static final int WSAEFAULT = 10014;
    /** Invalid argument; of a receive: the socket is not bound. */
    public static final int WSAEINVAL = 10022;
    /** Try again. */
    public static final int WSAEWOULDBLOCK = 10035;
    /** Not a socket, or one no more. */
    public static final int WSAENOTSOCK = 10038;
    /** The datagram is too long to send, or was cut off. */
    public static final int WSAEMSGSIZE = 10040;
    /** No such option. */
    public static final int WSAENOPROTOOPT = 10042;
    /** Not supported. */
    public static final int WSAEOPNOTSUPP = 10045;
    /** Address family not supported. */
    public static final int WSAEAFNOSUPPORT = 10047;
    /** The address is in use. */
    public static final int WSAEADDRINUSE = 10048;
    /** The address is not this machine's. */
    public static final int WSAEADDRNOTAVAIL = 10049;
    /** The network is down. */
    public static final int WSAENETDOWN = 10050;
    /** No route to the network. */
    public static final int WSAENETUNREACH = 10051;
    /** Of a datagram: its hop limit was exceeded. */
    public static final int WSAENETRESET = 10052;
    /** Ended by this machine. */
    public static final int WSAECONNABORTED = 10053;
    /** The peer reset the connection; of a datagram: its port is unreachable. */
    public static final int WSAECONNRESET = 10054;
    /** No buffers. */
    public static final int WSAENOBUFS = 10055;
    /** Already connected. */
    public static final int WSAEISCONN = 10056;
    /** Not connected. */
    public static final int WSAENOTCONN = 10057;
    /** Nothing can be sent after a shutdown. */
    public static final int WSAESHUTDOWN = 10058;
    /** Timed out. */
    public static final int WSAETIMEDOUT = 10060;
    /** Nothing listens at the port. */
    public static final int WSAECONNREFUSED = 10061;
    /** The host is down. */
    public static final int WSAEHOSTDOWN = 10064;
    /** No route to the host. */
    public static final int WSAEHOSTUNREACH = 10065;
    /** Winsock was not started. */
    public static final int WSANOTINITIALISED = 10093;
    /** The peer has ended the connection. */
    public static final int WSAEDISCON = 10101;
    /** The lookup was cancelled. */
    public static final int WSA_E_CANCELLED = 10111;
    /** No such host. */
    public static final int WSAHOST_NOT_FOUND = 11001;
    /** No answer from a server, try again. */
    public static final int WSATRY_AGAIN = 11002;
    /** The lookup failed for good. */
    public static final int WSANO_RECOVERY = 11003;
    /** The host has no address of the kind asked for. */
    public static final int WSANO_DATA = 11004;

    /** {@code NTSTATUS} of an error: the two highest bits. */
    private static final int SEVERITY_ERROR = 0xC000_0000;
    /** {@code NTSTATUS} that carries a Win32 code. */
    private static final int FACILITY_WIN32 = 0xC007_0000;
    private static final int FACILITY_MASK = 0xFFFF_0000;
    private static final int CODE_MASK = 0xFFFF;
    /** Statuses without a code of their own: those of errors get this bit, warnings the other, above all codes. */
    private static final int RAW_ERROR = 0x4000_0000;
    private static final int RAW_WARNING = 0x2000_0000;

    private WindowsErrors() {}

    /**
     * The code for how an operation ended.
     *
     * @param status an {@code NTSTATUS}, as {@code OVERLAPPED.Internal} and a completion packet have it
     * @return 0 for success, also with a remark; a Winsock or Win32 code; for any other a positive number that
     *     {@link #describe} shows as the status it stands for
     */
    public static int fromStatus(int status) {
        if (status == 0) {
            return 0;
        }
        Integer code = ErrorTable.codeOf(status);
        if (code != null) {
            return code;
        }
        if (status >= 0) {
            return 0;
        }
        if ((status & FACILITY_MASK) == FACILITY_WIN32 && (status & CODE_MASK) != 0) {
            return fromWin32(status & CODE_MASK);
        }
        boolean isError = (status & SEVERITY_ERROR) == SEVERITY_ERROR;
        return isError ? status & Integer.MAX_VALUE : (status & Integer.MAX_VALUE) | RAW_WARNING;
    }

    /** The Winsock code that says the same as a Win32 code; if there is none, the code itself. */
    public static int fromWin32(int code) {
        return ErrorTable.winsockOf(code);
    }

    /** Name, meaning and number of a code, such as {@code WSAEACCES: Permission denied (10013)}. */
    public static String describe(int code) {
        if (code == NO_CODE) {
            return "the system gave no code";
        }
        String named = ErrorTable.describe(code);
        if (named != null) {
            return named + " (" + code + ")";
        }
        if ((code & RAW_ERROR) != 0) {
            return status(code | Integer.MIN_VALUE);
        }
        if ((code & RAW_WARNING) != 0) {
            return status((code & ~RAW_WARNING) | Integer.MIN_VALUE);
        }
        return "unknown code (" + code + ")";
    }

    private static String status(int status) {
        return "unknown code (NTSTATUS 0x%08X)".formatted(status);
    }

    /**
     * What Netty users catch for a failed call on a stream or a listener.
     *
     * @param call the function or operation, named in the message
     * @param code a positive code
     */
    public static IOException exception(String call, int code) {
        String message = message(call, code);
        int winsock = fromWin32(code);
        return switch (winsock) {
            case WSAECONNREFUSED -> new ConnectException(message);
            case WSAETIMEDOUT -> isCall(call, "connect") ? new ConnectException(message) : new SocketException(message);
            case ERROR_PORT_UNREACHABLE -> new PortUnreachableException(message);
            case WSAENETUNREACH, WSAEHOSTUNREACH, WSAEHOSTDOWN -> new NoRouteToHostException(message);
            case WSAEADDRINUSE, WSAEADDRNOTAVAIL -> new BindException(message);
            case WSAEACCES -> isCall(call, "bind") ? new BindException(message) : new SocketException(message);
            // After one's own close: nobody else closes or cancels.
            case WSAENOTSOCK, WSA_OPERATION_ABORTED, WSAEINTR -> withMessage(new ClosedChannelException(), message);
            default -> winsock > WSAEINTR && winsock < WSAHOST_NOT_FOUND
                    ? new SocketException(message)
                    : new IOException(message);
        };
    }

    /**
     * As {@link #exception}, for an operation that this side has neither cancelled nor closed. If it ends as cancelled all
     * the same that is a failure, not the end of what the caller began.
     */
    public static IOException unaskedException(String call, int code) {
        return fromWin32(code) == WSA_OPERATION_ABORTED
                ? new SocketException(message(call, code) + ", and not by this channel")
                : exception(call, code);
    }

    /** As {@link #exception}, for a datagram socket: there a reset or refusal means that a port is unreachable. */
    public static IOException datagramException(String call, int code) {
        return switch (fromWin32(code)) {
            case WSAECONNRESET, WSAECONNREFUSED, ERROR_PORT_UNREACHABLE ->
                new PortUnreachableException(message(call, code));
            default -> exception(call, code);
        };
    }

    /** Throws if the answer of a call is an error. */
    public static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw exception(call, -result);
        }
        return result;
    }

    private static String message(String call, int code) {
        return call + " failed: " + describe(code);
    }

    private static boolean isCall(String call, String name) {
        return call.regionMatches(true, 0, name, 0, name.length());
    }

    private static ClosedChannelException withMessage(ClosedChannelException closed, String message) {
        closed.initCause(new SocketException(message));
        return closed;
    }
}
