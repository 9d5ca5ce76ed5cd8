// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.socket;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.net.SystemSocket;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

import static dev.ringport.linux.abi.SocketConstants.AF_INET;
import static dev.ringport.linux.abi.SocketConstants.AF_INET6;
import static dev.ringport.linux.abi.SocketConstants.IPPROTO_IP;
import static dev.ringport.linux.abi.SocketConstants.IPPROTO_IPV6;
import static dev.ringport.linux.abi.SocketConstants.SOL_SOCKET;

/** A UDP socket's descriptor and the calls on it that are not the loop's. */
public final class LinuxSocket extends SystemSocket {
    public static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));

    /** As the JDK decides, once a process: a system that can make IPv6 sockets may still have no IPv6 address. */
    private static final boolean HAS_INET6 = hasInet6Address();
    /** So that a flood of errors does not keep the loop. */
    private static final int MAX_DRAINED = 1024;

    private final int fd;
    /** SO_SNDBUF as the kernel answers it; 0 when it is to be asked. */
    private volatile long sendBufferBytes;
    private volatile boolean receivesTrains;

    private LinuxSocket(int fd, boolean inet6) {
        super(CODEC, inet6);
        this.fd = fd;
    }

    /** For a channel's constructors: a socket of the family, or of the default one. */
    public static LinuxSocket forFamily(@Nullable SocketProtocolFamily family) {
        try {
            if (family != null) {
                return open(switch (family) {
                    case INET -> false;
                    case INET6 -> true;
                    default -> throw new IllegalArgumentException("a UDP channel is INET or INET6, not " + family);
                });
            }
            return NetUtil.isIpV4StackPreferred() || !HAS_INET6 ? open(false) : openDualStack();
        } catch (IOException e) {
            throw new ChannelException("cannot open a UDP socket", e);
        }
    }

    private static boolean hasInet6Address() {
        try (InputStream addresses = Files.newInputStream(Path.of("/proc/net/if_inet6"))) {
            return addresses.read() >= 0;
        } catch (IOException | SecurityException none) {
            return false;
        }
    }

    private static LinuxSocket openDualStack() throws IOException {
        try {
            return open(true);
        } catch (IOException noInet6) {
            return open(false);
        }
    }

    /** For a channel's constructor: a socket that somebody opened. */
    public static LinuxSocket forDescriptor(int fd) {
        try {
            return adopt(fd);
        } catch (IOException e) {
            throw new IllegalArgumentException("descriptor " + fd + " is not a UDP socket", e);
        }
    }

    /** A new socket. IPv6 sockets are dual stack. */
    public static LinuxSocket open(boolean inet6) throws IOException {
        MemorySegment capture = NativeCalls.threadCapture();
        int type = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_NONBLOCK | SocketConstants.SOCK_CLOEXEC;
        int fd = Linux.socket(capture, inet6 ? AF_INET6 : AF_INET, type, 0);
        LinuxSocket socket = new LinuxSocket(Errno.check("socket", fd), inet6);
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
    public static LinuxSocket adopt(int fd) throws IOException {
        LinuxSocket unknown = new LinuxSocket(fd, false);
        int domain = unknown.getInt(SOL_SOCKET, SocketConstants.SO_DOMAIN);
        int type = unknown.getInt(SOL_SOCKET, SocketConstants.SO_TYPE);
        int protocol = unknown.getInt(SOL_SOCKET, SocketConstants.SO_PROTOCOL);
        if (type != SocketConstants.SOCK_DGRAM
                || protocol != SocketConstants.SOL_UDP
                || (domain != AF_INET && domain != AF_INET6)) {
            throw new IllegalArgumentException("descriptor " + fd + " is not a UDP socket: domain " + domain
                    + ", type " + type + ", protocol " + protocol);
        }
        return new LinuxSocket(fd, domain == AF_INET6);
    }

    /** The descriptor, for the ring's entries. Good on the loop until the channel closes it there. */
    public int fd() {
        return fd;
    }

    @Override
    protected int bind(MemorySegment capture, MemorySegment name, int bytes) {
        return Linux.bind(capture, fd, name, bytes);
    }

    @Override
    protected int connect(MemorySegment capture, MemorySegment name, int bytes) {
        return Linux.connect(capture, fd, name, bytes);
    }

    @Override
    protected int getsockname(MemorySegment capture, MemorySegment name, MemorySegment bytes) {
        return Linux.getsockname(capture, fd, name, bytes);
    }

    @Override
    protected int getpeername(MemorySegment capture, MemorySegment name, MemorySegment bytes) {
        return Linux.getpeername(capture, fd, name, bytes);
    }

    @Override
    protected int getsockopt(MemorySegment capture, int level, int name, MemorySegment value, MemorySegment bytes) {
        return Linux.getsockopt(capture, fd, level, name, value, bytes);
    }

    @Override
    protected int setsockopt(MemorySegment capture, int level, int name, MemorySegment value, int bytes) {
        int result = Linux.setsockopt(capture, fd, level, name, value, bytes);
        forgetSendBuffer(level);
        return result;
    }

    private void forgetSendBuffer(int level) {
        if (level == SOL_SOCKET) {
            sendBufferBytes = 0;
        }
    }

    @Override
    protected void close(MemorySegment capture) {
        Linux.close(capture, fd);
    }

    @Override
    protected int check(String call, int result) throws IOException {
        return Errno.check(call, result);
    }

    /** Whether the kernel hands over trains whole. From any thread. */
    public boolean receivesTrains() {
        return receivesTrains;
    }

    /**
     * Lets the kernel hand over trains whole, or no longer. A socket that has a port goes on handing them over: those
     * that wait in it would come without the size to cut them by.
     */
    public void receiveTrains(boolean on) throws IOException {
        call("setsockopt(UDP_GRO)", (capture, arena) -> {
            if (!on && (!receivesTrains || localAddress() != null)) {
                return 0;
            }
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, on ? 1 : 0);
            int result = Linux
                    .setsockopt(capture, fd, SocketConstants.SOL_UDP, SocketConstants.UDP_GRO, value, Integer.BYTES);
            if (result >= 0) {
                receivesTrains = on;
            }
            return result;
        });
    }

    /**
     * Drops what stands in the queue of errors (IP_RECVERR). Until it is empty the kernel answers POLLERR to every poll,
     * and what stands there counts as received data that waits. On the loop only.
     *
     * @return how many errors there were
     */
    public int drainErrorQueue(MemorySegment capture) {
        int drained = 0;
        while (drained < MAX_DRAINED && Linux.recv(
                capture, fd, 0, 0, SocketConstants.MSG_ERRQUEUE | SocketConstants.MSG_DONTWAIT) >= 0) {
            drained++;
        }
        return drained;
    }

    /** Dissolves the connection. A port that was not bound explicitly is given up with it. */
    public void disconnect() throws IOException {
        call("connect(AF_UNSPEC)", (capture, arena) -> {
            MemorySegment unspecified = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            return Linux.connect(capture, fd, unspecified, SocketAddressCodec.INET_BYTES);
        });
    }

    /** Sets an option to the remaining bytes of {@code value}, which keeps its position. */
    public void setRaw(int level, int name, ByteBuffer value) throws IOException {
        changing();
        call("setsockopt(" + level + ", " + name + ")", (capture, arena) -> {
            MemorySegment copy = arena.allocate(Math.max(1, value.remaining()), Long.BYTES);
            copy.copyFrom(MemorySegment.ofBuffer(value));
            int result = Linux.setsockopt(capture, fd, level, name, copy, value.remaining());
            forgetSendBuffer(level);
            return result;
        });
    }

    /** Reads an option into {@code value} from its position on, and moves the position to the end of what came. */
    public void getRaw(int level, int name, ByteBuffer value) throws IOException {
        call("getsockopt(" + level + ", " + name + ")", (capture, arena) -> {
            MemorySegment copy = arena.allocate(Math.max(1, value.remaining()), Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, value.remaining());
            int result = Linux.getsockopt(capture, fd, level, name, copy, length);
            if (result >= 0) {
                value.put(copy.asSlice(0, length.get(ValueLayout.JAVA_INT, 0)).asByteBuffer());
            }
            return result;
        });
    }

    /**
     * The free bytes of the send buffer as the kernel charges them: {@code SO_SNDBUF}, which reads as twice what was
     * set, less {@code SIOCOUTQ}. On the loop only.
     *
     * @param scratch at least 8 bytes of the loop's own
     * @return {@code Long.MAX_VALUE} if the kernel does not say
     */
    public long sendBufferRoom(MemorySegment capture, MemorySegment scratch) {
        long size = sendBufferBytes;
        if (size == 0) {
            MemorySegment length = scratch.asSlice(Integer.BYTES, Integer.BYTES);
            length.set(ValueLayout.JAVA_INT, 0, Integer.BYTES);
            if (Linux.getsockopt(capture, fd, SOL_SOCKET, SocketConstants.SO_SNDBUF, scratch, length) < 0) {
                return Long.MAX_VALUE;
            }
            size = scratch.get(ValueLayout.JAVA_INT, 0);
            sendBufferBytes = size;
        }
        if (Linux.ioctl(capture, fd, SocketConstants.SIOCOUTQ, scratch) < 0) {
            return Long.MAX_VALUE;
        }
        return size - scratch.get(ValueLayout.JAVA_INT, 0);
    }
}
