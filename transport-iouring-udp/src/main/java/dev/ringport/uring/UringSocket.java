// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.Linux;
import dev.ringport.uring.abi.SocketConstants;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

import static dev.ringport.uring.abi.SocketConstants.AF_INET;
import static dev.ringport.uring.abi.SocketConstants.AF_INET6;
import static dev.ringport.uring.abi.SocketConstants.IPPROTO_IP;
import static dev.ringport.uring.abi.SocketConstants.IPPROTO_IPV6;
import static dev.ringport.uring.abi.SocketConstants.SOL_SOCKET;

/**
 * A UDP socket's descriptor and the calls on it that are not the ring's. From any thread, also after close: the lock
 * keeps a call from reaching a descriptor whose number is another's by now.
 */
final class UringSocket {
    static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));

    /** One system call on the open descriptor. */
    @FunctionalInterface
    private interface Call {
        int run(MemorySegment capture, int fd, Arena arena) throws IOException;
    }

    private final int fd;
    private final boolean inet6;
    private boolean closed;

    private UringSocket(int fd, boolean inet6) {
        this.fd = fd;
        this.inet6 = inet6;
    }

    /** For a channel's constructors: a socket of the family, or of the default one. */
    static UringSocket forFamily(@Nullable SocketProtocolFamily family) {
        Uring.ensureAvailability();
        try {
            if (family != null) {
                return open(switch (family) {
                    case INET -> false;
                    case INET6 -> true;
                    default -> throw new IllegalArgumentException("a UDP channel is INET or INET6, not " + family);
                });
            }
            return NetUtil.isIpV4StackPreferred() ? open(false) : openDualStack();
        } catch (IOException e) {
            throw new ChannelException("cannot open a UDP socket", e);
        }
    }

    private static UringSocket openDualStack() throws IOException {
        try {
            return open(true);
        } catch (IOException noInet6) {
            return open(false);
        }
    }

    /** For a channel's constructor: a socket that somebody opened. */
    static UringSocket forDescriptor(int fd) {
        Uring.ensureAvailability();
        try {
            return adopt(fd);
        } catch (IOException e) {
            throw new IllegalArgumentException("descriptor " + fd + " is not a UDP socket", e);
        }
    }

    /** A new socket. IPv6 sockets are dual stack. */
    static UringSocket open(boolean inet6) throws IOException {
        MemorySegment capture = NativeCalls.threadCapture();
        int type = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        int fd = Linux.socket(capture, inet6 ? AF_INET6 : AF_INET, type, 0);
        UringSocket socket = new UringSocket(Errno.check("socket", fd), inet6);
        try {
            if (inet6) {
                socket.setInt(IPPROTO_IPV6, SocketConstants.IPV6_V6ONLY, 0);
            }
        } catch (Throwable failed) {
            socket.close();
            throw failed;
        }
        // As Netty's other transports do. Kernels without the option had no such default.
        socket.trySetInt(IPPROTO_IP, SocketConstants.IP_MULTICAST_ALL, 0);
        if (inet6) {
            socket.trySetInt(IPPROTO_IPV6, SocketConstants.IPV6_MULTICAST_ALL, 0);
        }
        return socket;
    }

    /** A socket that somebody opened; it is this one's to close from now on, unless it is refused. */
    static UringSocket adopt(int fd) throws IOException {
        UringSocket unknown = new UringSocket(fd, false);
        int domain = unknown.getInt(SOL_SOCKET, SocketConstants.SO_DOMAIN);
        int type = unknown.getInt(SOL_SOCKET, SocketConstants.SO_TYPE);
        int protocol = unknown.getInt(SOL_SOCKET, SocketConstants.SO_PROTOCOL);
        if (type != SocketConstants.SOCK_DGRAM
                || protocol != SocketConstants.SOL_UDP
                || (domain != AF_INET && domain != AF_INET6)) {
            throw new IllegalArgumentException("descriptor " + fd + " is not a UDP socket: domain " + domain
                    + ", type " + type + ", protocol " + protocol);
        }
        return new UringSocket(fd, domain == AF_INET6);
    }

    /** The descriptor, for the ring's entries. Good on the loop until the channel closes it there. */
    int fd() {
        return fd;
    }

    boolean isInet6() {
        return inet6;
    }

    synchronized boolean isOpen() {
        return !closed;
    }

    /** Closes the descriptor; once. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            Linux.close(NativeCalls.threadCapture(), fd);
        }
    }

    private synchronized int call(String name, Call call) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        try (Arena arena = Arena.ofConfined()) {
            return Errno.check(name, call.run(NativeCalls.threadCapture(), fd, arena));
        }
    }

    void bind(InetSocketAddress address) throws IOException {
        call("bind(" + address + ")", (capture, open, arena) -> {
            MemorySegment encoded = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return Linux.bind(capture, open, encoded, encode(encoded, address));
        });
    }

    void connect(InetSocketAddress address) throws IOException {
        call("connect(" + address + ")", (capture, open, arena) -> {
            MemorySegment encoded = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return Linux.connect(capture, open, encoded, encode(encoded, address));
        });
    }

    private int encode(MemorySegment target, InetSocketAddress address) {
        int bytes = CODEC.write(target, 0, address.getAddress(), address.getPort(), inet6);
        if (bytes < 0) {
            throw new UnsupportedAddressTypeException();
        }
        return bytes;
    }

    /** Dissolves the connection. A port that was not bound explicitly is given up with it. */
    void disconnect() throws IOException {
        call("connect(AF_UNSPEC)", (capture, open, arena) -> {
            MemorySegment unspecified = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return Linux.connect(capture, open, unspecified, SocketAddressCodec.INET_BYTES);
        });
    }

    /** The socket's own address, or null while it has no port or once it is closed. */
    @Nullable
    InetSocketAddress localAddress() {
        return address(true);
    }

    /** The peer it is connected to, or null. */
    @Nullable
    InetSocketAddress remoteAddress() {
        return address(false);
    }

    private synchronized @Nullable InetSocketAddress address(boolean local) {
        if (closed) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddressCodec.ROOM);
            MemorySegment capture = NativeCalls.threadCapture();
            int result = local
                    ? Linux.getsockname(capture, fd, encoded, length)
                    : Linux.getpeername(capture, fd, encoded, length);
            InetSocketAddress address = result < 0 ? null : CODEC.read(encoded, 0, length.get(ValueLayout.JAVA_INT, 0));
            return address == null || address.getPort() == 0 ? null : address;
        }
    }

    int getInt(int level, int name) throws IOException {
        int[] value = new int[1];
        call("getsockopt(" + level + ", " + name + ")", (capture, open, arena) -> {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            int result = Linux.getsockopt(capture, open, level, name, number, length);
            // The multicast options of IPv4 answer one byte.
            value[0] = length.get(ValueLayout.JAVA_INT, 0) == 1
                    ? Byte.toUnsignedInt(number.get(ValueLayout.JAVA_BYTE, 0))
                    : number.get(ValueLayout.JAVA_INT, 0);
            return result;
        });
        return value[0];
    }

    void setInt(int level, int name, int value) throws IOException {
        call("setsockopt(" + level + ", " + name + ", " + value + ")", (capture, open, arena) -> Linux.setsockopt(
                capture, open, level, name, arena.allocateFrom(ValueLayout.JAVA_INT, value), Integer.BYTES));
    }

    private void trySetInt(int level, int name, int value) {
        try {
            setInt(level, name, value);
        } catch (IOException unsupported) {
            // An option that only restores what older kernels did anyway.
        }
    }

    /** Sets an option to the remaining bytes of {@code value}, which keeps its position. */
    void setRaw(int level, int name, ByteBuffer value) throws IOException {
        call("setsockopt(" + level + ", " + name + ")", (capture, open, arena) -> {
            MemorySegment copy = arena.allocate(Math.max(1, value.remaining()), Long.BYTES);
            copy.copyFrom(MemorySegment.ofBuffer(value));
            return Linux.setsockopt(capture, open, level, name, copy, value.remaining());
        });
    }

    /** Reads an option into {@code value} from its position on, and moves the position to the end of what came. */
    void getRaw(int level, int name, ByteBuffer value) throws IOException {
        call("getsockopt(" + level + ", " + name + ")", (capture, open, arena) -> {
            MemorySegment copy = arena.allocate(Math.max(1, value.remaining()), Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, value.remaining());
            int result = Linux.getsockopt(capture, open, level, name, copy, length);
            if (result >= 0) {
                value.put(copy.asSlice(0, length.get(ValueLayout.JAVA_INT, 0)).asByteBuffer());
            }
            return result;
        });
    }

    /** Sets an option to a struct that {@code writer} fills in. */
    void setStruct(String call, int level, int name, long bytes, Consumer<MemorySegment> writer)
            throws IOException {
        call(call, (capture, open, arena) -> {
            MemorySegment struct = arena.allocate(bytes, Long.BYTES);
            writer.accept(struct);
            return Linux.setsockopt(capture, open, level, name, struct, (int) bytes);
        });
    }

    /**
     * The free bytes of the send buffer as the kernel charges them: {@code SO_SNDBUF}, which reads as twice what was
     * set, less {@code SIOCOUTQ}. On the loop only.
     *
     * @param scratch at least 8 bytes of the loop's own
     * @return {@code Long.MAX_VALUE} if the kernel does not say
     */
    long sendBufferRoom(MemorySegment capture, MemorySegment scratch) {
        MemorySegment length = scratch.asSlice(Integer.BYTES, Integer.BYTES);
        length.set(ValueLayout.JAVA_INT, 0, Integer.BYTES);
        if (Linux.getsockopt(capture, fd, SOL_SOCKET, SocketConstants.SO_SNDBUF, scratch, length) < 0) {
            return Long.MAX_VALUE;
        }
        long size = scratch.get(ValueLayout.JAVA_INT, 0);
        if (Linux.ioctl(capture, fd, SocketConstants.SIOCOUTQ, scratch) < 0) {
            return Long.MAX_VALUE;
        }
        return size - scratch.get(ValueLayout.JAVA_INT, 0);
    }
}
