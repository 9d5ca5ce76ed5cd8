// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.SocketOptions.Option;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannelConfig;
import java.io.IOException;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@SuppressWarnings("deprecation") // some of the options are
class CompletionDatagramConfigTest {
    private final FakeDatagramChannel channel = new FakeDatagramChannel();
    private final FakeDatagramConfig config = channel.config();

    @Test
    void optionsReachTheSocketAndAreReadBack() {
        Map<ChannelOption<Integer>, Option> numbers = Map.of(
                ChannelOption.SO_RCVBUF, Option.RECEIVE_BUFFER, ChannelOption.SO_SNDBUF, Option.SEND_BUFFER,
                ChannelOption.IP_TOS, Option.TRAFFIC_CLASS, ChannelOption.IP_MULTICAST_TTL, Option.MULTICAST_TTL);
        numbers.forEach((option, raw) -> {
            assertTrue(config.setOption(option, 42), option.name());
            assertEquals(42, channel.options.values.get(raw), option.name());
            assertEquals(42, config.getOption(option), option.name());
        });
        Map<ChannelOption<Boolean>, Option> flags = Map.of(
                ChannelOption.SO_BROADCAST, Option.BROADCAST, ChannelOption.SO_REUSEADDR, Option.REUSE_ADDRESS);
        flags.forEach((option, raw) -> {
            assertEquals(false, config.getOption(option));
            assertTrue(config.setOption(option, true));
            assertEquals(1, channel.options.values.get(raw), option.name());
            assertEquals(true, config.getOption(option));
        });
    }

    @Test
    void loopbackDisabledIsTheOppositeOfTheSocketsFlag() {
        channel.options.values.put(Option.MULTICAST_LOOP, 1);
        assertEquals(false, config.getOption(ChannelOption.IP_MULTICAST_LOOP_DISABLED));
        config.setOption(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true);
        assertEquals(0, channel.options.values.get(Option.MULTICAST_LOOP));
        assertEquals(true, config.getOption(ChannelOption.IP_MULTICAST_LOOP_DISABLED));
    }

    @Test
    void getOptionsNamesEachOption() {
        Map<ChannelOption<?>, Object> all = config.getOptions();
        for (ChannelOption<?> option : List.of(
                ChannelOption.SO_BROADCAST, ChannelOption.SO_RCVBUF, ChannelOption.SO_SNDBUF,
                ChannelOption.SO_REUSEADDR, ChannelOption.IP_TOS, ChannelOption.IP_MULTICAST_TTL,
                ChannelOption.IP_MULTICAST_ADDR, ChannelOption.IP_MULTICAST_IF,
                ChannelOption.IP_MULTICAST_LOOP_DISABLED, ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION,
                ChannelOption.AUTO_READ, ChannelOption.ALLOCATOR)) {
            assertTrue(all.containsKey(option), option.name());
        }
    }

    @Test
    void wrongValuesAreRefusedBeforeTheySeeTheSocket() {
        for (Executable wrong : new Executable[]{
            () -> config.setOption(ChannelOption.SO_RCVBUF, 0),
            () -> config.setOption(ChannelOption.SO_SNDBUF, -1),
            () -> config.setOption(ChannelOption.IP_TOS, 256),
            () -> config.setOption(ChannelOption.IP_TOS, -1),
            () -> config.setOption(ChannelOption.IP_MULTICAST_TTL, 256),
            () -> config.setOption(ChannelOption.IP_MULTICAST_TTL, -1)}) {
            assertThrows(IllegalArgumentException.class, wrong);
        }
        assertTrue(channel.options.values.isEmpty());
    }

    @Test
    void errorOfTheSystemIsTheCauseOfAChannelException() {
        IOException failure = new IOException("scripted");
        channel.options.failure = failure;
        assertSame(failure, assertThrows(ChannelException.class, config::getSendBufferSize).getCause());
        assertSame(failure, assertThrows(ChannelException.class, () -> config.setBroadcast(true)).getCause());
        assertSame(failure, assertThrows(ChannelException.class, () -> config.setNetworkInterface(null)).getCause());
    }

    @Test
    void optionThatNobodyKnowsIsNotTaken() {
        assertFalse(config.setOption(ChannelOption.TCP_NODELAY, true));
        assertNull(config.getOption(ChannelOption.TCP_NODELAY));
    }

    @Test
    void multicastInterfaceIsSetByEitherOption() throws Exception {
        NetworkInterface lo = NetworkInterface.networkInterfaces()
                .filter(found -> found.inetAddresses().findAny().isPresent())
                .findFirst()
                .orElseThrow();
        assertNull(config.getInterface());
        config.setOption(ChannelOption.IP_MULTICAST_ADDR, lo.inetAddresses().findFirst().orElseThrow());
        assertEquals(lo, channel.options.multicastInterface);
        assertEquals(lo, config.getOption(ChannelOption.IP_MULTICAST_IF));
        assertEquals(lo.inetAddresses().findFirst().orElseThrow(), config.getOption(ChannelOption.IP_MULTICAST_ADDR));
        channel.options.multicastInterface = null;
        config.setOption(ChannelOption.IP_MULTICAST_IF, lo);
        assertEquals(lo, channel.options.multicastInterface);
    }

    @Test
    void activeOnRegistrationIsFixedOnceRegistered() {
        config.setOption(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true);
        assertFalse(channel.isActive());
        new FakeLoop().join(channel);
        assertTrue(channel.isActive());
        assertThrows(IllegalStateException.class, () -> config.setActiveOnRegistration(false));
    }

    @Test
    void settersAnswerTheConfigAndTheAllocatorReadsSixteenAtOnce() {
        DatagramChannelConfig same = config.setAutoClose(true).setAutoRead(true).setBroadcast(true)
                .setConnectTimeoutMillis(1).setReuseAddress(true).setWriteSpinCount(2);
        assertSame(config, same);
        assertEquals(16, config.getMaxMessagesPerRead());
    }

    @Test
    void tableReadsAndSetsOnlyWhatItHas() {
        StringBuilder target = new StringBuilder();
        OptionTable<StringBuilder> table = new OptionTable<StringBuilder>()
                .add(ChannelOption.SO_RCVBUF, StringBuilder::length, StringBuilder::setLength);
        assertTrue(table.has(ChannelOption.SO_RCVBUF));
        assertTrue(table.set(target, ChannelOption.valueOf("SO_RCVBUF"), 3));
        assertEquals(3, table.get(target, ChannelOption.SO_RCVBUF));
        assertFalse(table.has(ChannelOption.SO_SNDBUF));
        assertFalse(table.set(target, ChannelOption.SO_SNDBUF, 3));
        assertNull(table.get(target, ChannelOption.SO_SNDBUF));
        assertEquals(Set.of(ChannelOption.SO_RCVBUF), table.options());
    }
}
