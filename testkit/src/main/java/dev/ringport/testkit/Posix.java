// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.ffm.NativeCalls;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** The C library's socket calls, for a look at a descriptor past the transport. */
public final class Posix {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int IPPROTO_IP = 0;
    public static final int IPPROTO_ICMP = 1;
    public static final int IPPROTO_UDP = 17;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPPROTO_RAW = 255;
    public static final int SOL_SOCKET = 1;
    public static final int SO_TYPE = 3;
    public static final int SO_ERROR = 4;
    public static final int SO_RCVBUF = 8;
    public static final int SO_NO_CHECK = 11;
    public static final int UDP_SEGMENT = 103;
    public static final int UDP_GRO = 104;

    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_DROPS = 8;
    private static final int MEMINFO_FIELDS = 9;
    private static final int CAPABILITY_VERSION_3 = 0x2008_0522;
    private static final int ADDRESS_BYTES = 16;
    private static final int IP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final MethodHandle SOCKET = bind("socket", "III");
    private static final MethodHandle GETSOCKOPT = bind("getsockopt", "IIIJJ");
    private static final MethodHandle BIND = bind("bind", "IJI");
    private static final MethodHandle SENDTO = bind("sendto", "IJJIJI");
    private static final MethodHandle SETSOCKOPT = bind("setsockopt", "IIIJI");
    private static final MethodHandle GETSOCKNAME = bind("getsockname", "IJJ");
    private static final MethodHandle CAPGET = bind("capget", "JJ");
    private static final MethodHandle CAPSET = bind("capset", "JJ");
    private static final MethodHandle CLOSE = bind("close", "I");

    private Posix() {}

    private static MethodHandle bind(String name, String arguments) {
        MemoryLayout[] layouts = arguments.chars()
                .mapToObj(type -> type == 'I' ? ValueLayout.JAVA_INT : ValueLayout.JAVA_LONG)
                .toArray(MemoryLayout[]::new);
        return NativeCalls.capturingErrno(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
    }

    private static int checked(String call, Arena arena, Invocation invocation) {
        MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
        try {
            int result = invocation.run(capture);
            if (result < 0) {
                throw new AssertionError(call + ": errno " + NativeCalls.errno(capture));
            }
            return result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @FunctionalInterface
    private interface Invocation {
        int run(MemorySegment capture) throws Throwable;
    }

    public static int socket(int domain, int type, int protocol) {
        try (Arena arena = Arena.ofConfined()) {
            return checked("socket", arena, capture -> (int) SOCKET.invokeExact(capture, domain, type, protocol));
        }
    }

    public static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            checked("close", arena, capture -> (int) CLOSE.invokeExact(capture, fd));
        }
    }

    /** Binds an IPv4 socket. */
    public static void bind(int fd, InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            long encoded = inet(arena, address).address();
            checked("bind", arena, capture -> (int) BIND.invokeExact(capture, fd, encoded, ADDRESS_BYTES));
        }
    }

    private static MemorySegment inet(Arena arena, InetSocketAddress address) {
        MemorySegment encoded = arena.allocate(ADDRESS_BYTES, Long.BYTES);
        encoded.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        MemorySegment.copy(
                ByteBuffer.allocate(6).putShort((short) address.getPort()).put(address.getAddress().getAddress())
                        .array(),
                0, encoded, ValueLayout.JAVA_BYTE, 2, 6);
        return encoded;
    }

    /** An option as the kernel has it, in the machine's order. */
    public static byte[] getOption(int fd, int level, int name, int room) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(room, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, room);
            checked("getsockopt", arena, capture -> (int) GETSOCKOPT.invokeExact(
                    capture, fd, level, name, value.address(), length.address()));
            return value.asSlice(0, length.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** A number as the kernel has it. */
    public static int getInt(int fd, int level, int name) {
        byte[] value = Arrays.copyOf(getOption(fd, level, name, Integer.BYTES), Integer.BYTES);
        return MemorySegment.ofArray(value).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /** Sets a number; false if the kernel refuses. */
    public static boolean setInt(int fd, int level, int name, int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
            long value = arena.allocateFrom(ValueLayout.JAVA_INT, number).address();
            return (int) SETSOCKOPT.invokeExact(capture, fd, level, name, value, Integer.BYTES) == 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Gives a socket a receive buffer past the system's limit, where the user may. */
    public static void forceReceiveBuffer(int fd, int bytes) {
        if (!setInt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes)) {
            setInt(fd, SOL_SOCKET, SO_RCVBUF, bytes);
        }
    }

    /** The descriptor of this process's UDP socket that is bound to the port. */
    public static int descriptor(InetSocketAddress bound) {
        String[] descriptors = Objects.requireNonNull(new File("/proc/self/fd").list());
        for (String descriptor : descriptors) {
            int fd = Integer.parseInt(descriptor);
            if (portOf(fd) == bound.getPort()) {
                return fd;
            }
        }
        throw new AssertionError("no socket at " + bound);
    }

    private static int portOf(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
            MemorySegment address = arena.allocate(2 * ADDRESS_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 2 * ADDRESS_BYTES);
            int result = (int) GETSOCKNAME.invokeExact(capture, fd, address.address(), length.address());
            return result < 0 || getInt(fd, SOL_SOCKET, SO_TYPE) != SOCK_DGRAM
                    ? -1
                    : Short.toUnsignedInt(address.get(PORT, 2));
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** How many datagrams the kernel dropped before the socket. */
    public static long drops(int fd) {
        byte[] info = getOption(fd, SOL_SOCKET, SO_MEMINFO, MEMINFO_FIELDS * Integer.BYTES);
        return Integer.toUnsignedLong(MemorySegment.ofArray(info)
                .get(ValueLayout.JAVA_INT_UNALIGNED, (long) MEMINFO_DROPS * Integer.BYTES));
    }

    /** Whether the process may send what it likes. */
    public static boolean maySendRaw() {
        try {
            close(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
            return true;
        } catch (AssertionError refused) {
            return false;
        }
    }

    /**
     * Sends what a router sends that rejects a datagram.
     *
     * @param from where the datagram came from, which hears of it
     * @param to where it was to go
     * @param code 10 for 'host administratively prohibited'
     */
    public static void reject(InetSocketAddress from, InetSocketAddress to, int code) {
        ByteBuffer icmp = ByteBuffer.allocate(8 + IP_HEADER + UDP_HEADER)
                .put((byte) 3)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(0)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (IP_HEADER + UDP_HEADER + 8))
                .putInt(0)
                .put((byte) 64)
                .put((byte) IPPROTO_UDP)
                .putShort((short) 0)
                .put(from.getAddress().getAddress())
                .put(to.getAddress().getAddress())
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .putShort((short) (UDP_HEADER + 8))
                .putShort((short) 0);
        int sum = 0;
        for (int at = 0; at < icmp.capacity(); at += Short.BYTES) {
            sum += Short.toUnsignedInt(icmp.getShort(at));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        icmp.putShort(2, (short) ~((sum & 0xffff) + (sum >>> 16)));
        int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(icmp.capacity());
            MemorySegment.copy(icmp.array(), 0, data, ValueLayout.JAVA_BYTE, 0, icmp.capacity());
            long encoded = inet(arena, new InetSocketAddress(from.getAddress(), 0)).address();
            checked("sendto", arena, capture -> (int) SENDTO.invokeExact(
                    capture, fd, data.address(), (long) icmp.capacity(), 0, encoded, ADDRESS_BYTES));
        } finally {
            close(fd);
        }
    }

    /** Takes a right away from the calling thread for good, by the number of its capability. */
    public static void giveUp(int capability) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(Long.BYTES, Long.BYTES);
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
            MemorySegment sets = arena.allocate(24, Long.BYTES);
            checked("capget", arena, capture -> (int) CAPGET.invokeExact(capture, header.address(), sets.address()));
            sets.set(ValueLayout.JAVA_INT, 0, sets.get(ValueLayout.JAVA_INT, 0) & ~(1 << capability));
            checked("capset", arena, capture -> (int) CAPSET.invokeExact(capture, header.address(), sets.address()));
        }
    }

    /** Sends a datagram that claims to come from {@code from}, whatever its port. */
    public static void sendAs(InetSocketAddress from, InetSocketAddress to, byte[] payload) {
        int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
        try (Arena arena = Arena.ofConfined()) {
            int total = IP_HEADER + UDP_HEADER + payload.length;
            ByteBuffer packet = ByteBuffer.allocate(total)
                    .put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) total)
                    .putInt(0)
                    .put((byte) 64)
                    .put((byte) IPPROTO_UDP)
                    .putShort((short) 0)
                    .put(from.getAddress().getAddress())
                    .put(to.getAddress().getAddress())
                    .putShort((short) from.getPort())
                    .putShort((short) to.getPort())
                    .putShort((short) (UDP_HEADER + payload.length))
                    .putShort((short) 0)
                    .put(payload);
            MemorySegment data = arena.allocate(total);
            MemorySegment.copy(packet.array(), 0, data, ValueLayout.JAVA_BYTE, 0, total);
            long encoded = inet(arena, to).address();
            checked("sendto", arena, capture -> (int) SENDTO.invokeExact(
                    capture, fd, data.address(), (long) total, 0, encoded, ADDRESS_BYTES));
        } finally {
            close(fd);
        }
    }
}
