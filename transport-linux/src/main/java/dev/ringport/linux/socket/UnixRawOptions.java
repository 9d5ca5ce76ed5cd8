// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.socket;

import dev.ringport.linux.abi.SocketConstants;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Netty's options that name a level and a number. Its artifact need not be there: touched only where it is. */
public final class UnixRawOptions {
    private static final boolean PRESENT = isPresent();

    private UnixRawOptions() {}

    private static boolean isPresent() {
        try {
            Class.forName(
                    "io.netty.channel.unix.GenericUnixChannelOption", false, UnixRawOptions.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    public static boolean isRaw(ChannelOption<?> option) {
        return PRESENT && Present.isRaw(option);
    }

    /** Reads an option for which {@link #isRaw} is true. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <T> @Nullable T get(LinuxSocket socket, ChannelOption<T> option) throws IOException {
        return (T) Present.get(socket, option);
    }

    /** Sets an option for which {@link #isRaw} is true. */
    public static void set(LinuxSocket socket, ChannelOption<?> option, Object value) throws IOException {
        Present.set(socket, option, value);
    }

    /** Whether it is {@code UDP_GRO} by its numbers, for which a channel has an option of its own. */
    public static boolean isReceiveOffload(ChannelOption<?> option) {
        return PRESENT && Present.isAt(option, SocketConstants.SOL_UDP, SocketConstants.UDP_GRO);
    }

    /** The value of an option that is a flag; null if the kernel would refuse it. */
    public static @Nullable Boolean flag(Object value) {
        if (value instanceof ByteBuffer bytes) {
            return bytes.remaining() < Integer.BYTES
                    ? null
                    : bytes.duplicate().order(ByteOrder.nativeOrder()).getInt() != 0;
        }
        return (Integer) value != 0;
    }

    /** What reading an option that is a flag answers. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <T> T ofFlag(ChannelOption<T> option, boolean on) {
        return (T) Present.ofFlag(option, on ? 1 : 0);
    }

    private static final class Present {
        static boolean isAt(ChannelOption<?> option, int level, int name) {
            return option instanceof IntegerUnixChannelOption number
                    ? number.level() == level && number.optname() == name
                    : option instanceof RawUnixChannelOption raw && raw.level() == level && raw.optname() == name;
        }

        static Object ofFlag(ChannelOption<?> option, int number) {
            if (option instanceof RawUnixChannelOption raw) {
                byte[] bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, number)
                        .array();
                return ByteBuffer.wrap(Arrays.copyOf(bytes, Math.min(bytes.length, raw.length())));
            }
            return number;
        }

        static boolean isRaw(ChannelOption<?> option) {
            return option instanceof IntegerUnixChannelOption || option instanceof RawUnixChannelOption;
        }

        static Object get(LinuxSocket socket, ChannelOption<?> option) throws IOException {
            if (option instanceof IntegerUnixChannelOption number) {
                return socket.getInt(number.level(), number.optname());
            }
            RawUnixChannelOption raw = (RawUnixChannelOption) option;
            ByteBuffer value = ByteBuffer.allocate(raw.length());
            socket.getRaw(raw.level(), raw.optname(), value);
            return value.flip();
        }

        static void set(LinuxSocket socket, ChannelOption<?> option, Object value) throws IOException {
            if (option instanceof IntegerUnixChannelOption number) {
                socket.setInt(number.level(), number.optname(), (Integer) value);
            } else {
                RawUnixChannelOption raw = (RawUnixChannelOption) option;
                socket.setRaw(raw.level(), raw.optname(), ((ByteBuffer) value).duplicate());
            }
        }
    }
}
