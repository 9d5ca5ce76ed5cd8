// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

/**
 * The error numbers of Linux that datagram sockets and rings meet, and the one table of what Netty users catch for
 * them. System call wrappers answer {@code -errno}, as completions do.
 */
public final class Errno {
    /** Not permitted. */
    public static final int EPERM = 1;
    /** No such entry: the operation to cancel is gone. */
    public static final int ENOENT = 2;
    /** A signal came. */
    public static final int EINTR = 4;
    /** Bad descriptor. */
    public static final int EBADF = 9;
    /** I/O error; of a segmented send: the device cannot do it. */
    public static final int EIO = 5;
    /** Try again: the socket's buffer is full. */
    public static final int EAGAIN = 11;
    /** No memory. */
    public static final int ENOMEM = 12;
    /** Permission denied. */
    public static final int EACCES = 13;
    /** Busy; of an enter: completions must be taken first. */
    public static final int EBUSY = 16;
    /** Invalid argument. */
    public static final int EINVAL = 22;
    /** No such system call. */
    public static final int ENOSYS = 38;
    /** Timer expired; of an enter: the time given is over. */
    public static final int ETIME = 62;
    /** The machine is not on the network. */
    public static final int ENONET = 64;
    /** Protocol error. */
    public static final int EPROTO = 71;
    /** The destination address is missing. */
    public static final int EDESTADDRREQ = 89;
    /** The datagram is too long. */
    public static final int EMSGSIZE = 90;
    /** Protocol not available. */
    public static final int ENOPROTOOPT = 92;
    /** Not supported. */
    public static final int EOPNOTSUPP = 95;
    /** Address family not supported. */
    public static final int EAFNOSUPPORT = 97;
    /** The address is in use. */
    public static final int EADDRINUSE = 98;
    /** The address is not this machine's. */
    public static final int EADDRNOTAVAIL = 99;
    /** The network is down. */
    public static final int ENETDOWN = 100;
    /** No route to the network. */
    public static final int ENETUNREACH = 101;
    /** No buffers; of a receive: the ring has none left. */
    public static final int ENOBUFS = 105;
    /** Nothing listens at the port. */
    public static final int ECONNREFUSED = 111;
    /** The host is down. */
    public static final int EHOSTDOWN = 112;
    /** No route to the host. */
    public static final int EHOSTUNREACH = 113;
    /** Cancelled. */
    public static final int ECANCELED = 125;

    private Errno() {}

    /** Name and meaning of an error number, such as {@code EPERM: Operation not permitted}. */
    public static String describe(int errno) {
        return ErrnoNames.of(errno);
    }

    /** What is said of a failed call: call, name, meaning and number. */
    public static String message(String call, int errno) {
        return call + " failed: " + describe(errno) + " (errno " + errno + ")";
    }

    /**
     * What Netty users catch for a failed call on a datagram socket.
     *
     * @param call the system call or operation, named in the message
     * @param errno a positive error number
     */
    public static IOException exception(String call, int errno) {
        String message = message(call, errno);
        return switch (errno) {
            case ECONNREFUSED -> new PortUnreachableException(message);
            case EADDRINUSE, EADDRNOTAVAIL -> new BindException(message);
            case ENETUNREACH, EHOSTUNREACH, EHOSTDOWN -> new NoRouteToHostException(message);
            // After one's own close: nobody else closes or cancels.
            case EBADF, ECANCELED -> withMessage(new ClosedChannelException(), message);
            // As the JDK has it where the port takes a right that the process lacks.
            case EACCES -> call.startsWith("bind(") ? new BindException(message) : new SocketException(message);
            case EPERM, EMSGSIZE, ENOBUFS, EINVAL, EAFNOSUPPORT, ENETDOWN -> new SocketException(message);
            default -> new IOException(message);
        };
    }

    private static ClosedChannelException withMessage(ClosedChannelException closed, String message) {
        closed.initCause(new SocketException(message));
        return closed;
    }

    /**
     * Whether a socket may fail with this because a datagram that it sent earlier was answered with an error: what ICMP
     * and ICMPv6 messages become.
     */
    public static boolean isAnswerToDatagram(int errno) {
        return switch (errno) {
            case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENOPROTOOPT, EACCES, EPROTO, ENONET, EOPNOTSUPP,
                    EMSGSIZE ->
                true;
            default -> false;
        };
    }

    /** Throws if the answer of a system call is an error. */
    public static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw exception(call, -result);
        }
        return result;
    }
}
