// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.OwnedCounter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;

/**
 * Looks at what arrives, acknowledges where asked to, and keeps a packet now and then to see whether its content stays
 * as it was.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a void promise tells its failure to exceptionCaught
final class ReceiverHandler extends ChannelInboundHandlerAdapter {
    private static final int KEEP_EACH = 97;
    private static final int KEPT = 32;

    private record Kept(DatagramPacket packet, int checksum) {}

    private final Faults faults;
    private final DatagramChecker checker;
    private final Wire wire = new Wire();
    private final Set<FlowChecker> asked = new LinkedHashSet<>();
    private final Queue<Kept> kept = new ArrayDeque<>();
    private final OwnedCounter datagrams = new OwnedCounter();
    private final OwnedCounter bytes = new OwnedCounter();
    private int untilKept = KEEP_EACH;

    ReceiverHandler(Faults faults) {
        this.faults = faults;
        checker = new DatagramChecker(faults);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof DatagramPacket packet)) {
            ReferenceCountUtil.release(message);
            faults.add(Faults.Kind.EXCEPTION, Faults.NONE, Faults.NONE, "no packet: " + message.getClass());
            return;
        }
        boolean keep = false;
        try {
            ByteBuf content = packet.content();
            FlowChecker flow = checker.accept(content, packet.sender());
            if (flow != null && flow.takeAsked()) {
                asked.add(flow);
            }
            datagrams.add(1);
            bytes.add(content.readableBytes());
            keep = --untilKept == 0;
        } finally {
            if (keep) {
                keep(packet);
            } else {
                packet.release();
            }
        }
    }

    private void keep(DatagramPacket packet) {
        untilKept = KEEP_EACH;
        kept.add(new Kept(packet, checksum(packet.content())));
        if (kept.size() > KEPT) {
            giveBack(kept.remove());
        }
    }

    private void giveBack(Kept old) {
        ByteBuf content = old.packet.content();
        if (checksum(content) != old.checksum) {
            faults.add(
                    Faults.Kind.CHANGED, Faults.NONE, Faults.NONE,
                    content.readableBytes() + " bytes from " + old.packet.sender());
        }
        old.packet.release();
    }

    private int checksum(ByteBuf content) {
        return wire.checksum(content, content.readerIndex(), content.readableBytes());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (asked.isEmpty()) {
            return;
        }
        for (FlowChecker flow : asked) {
            ByteBuf answer = ctx.alloc().directBuffer(Wire.HEADER_BYTES);
            wire.write(
                    answer,
                    flow.hasEnded() ? Wire.Kind.ENDED : Wire.Kind.ACKNOWLEDGED,
                    false,
                    flow.id(),
                    Wire.HEADER_BYTES,
                    flow.next(),
                    flow.charge(),
                    0);
            ctx.write(new DatagramPacket(answer, flow.sender()), ctx.voidPromise());
        }
        asked.clear();
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        kept.forEach(this::giveBack);
        kept.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        faults.add(Faults.Kind.EXCEPTION, Faults.NONE, Faults.NONE, "receiver: " + cause);
    }

    DatagramChecker checker() {
        return checker;
    }

    /** All that arrived. From any thread. */
    long datagrams() {
        return datagrams.get();
    }

    /** The bytes of all that arrived. From any thread. */
    long bytes() {
        return bytes.get();
    }
}
