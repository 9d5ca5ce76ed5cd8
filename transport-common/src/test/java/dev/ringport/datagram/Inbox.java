// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.testrules.UnseenFailures;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The inbound events of a channel: a datagram's content, an exception's message, or {@code complete}. */
final class Inbox extends ChannelInboundHandlerAdapter {
    private final List<String> events = new ArrayList<>();
    private Consumer<Channel> onRead = channel -> {};
    private Consumer<Throwable> onError = cause -> {};

    static Inbox of(Channel channel) {
        Inbox inbox = new Inbox();
        channel.pipeline().addLast(inbox);
        return inbox;
    }

    void onRead(Consumer<Channel> action) {
        onRead = action;
    }

    void onError(Consumer<Throwable> action) {
        onError = action;
    }

    void forget() {
        events.clear();
    }

    void assertEvents(String... expected) {
        assertEquals(List.of(expected), events);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        events.add(packet.content().toString(StandardCharsets.ISO_8859_1));
        packet.release();
        onRead.accept(ctx.channel());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        events.add("complete");
        ctx.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        UnseenFailures.seen(cause);
        events.add("!" + cause.getMessage());
        onError.accept(cause);
    }
}
