// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.mmsg.MmsgCounters.Counter;
import dev.ringport.mmsg.testing.MmsgUdp;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.SegmentationContract;
import io.netty.channel.unix.IntegerUnixChannelOption;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class SegmentationTest extends SegmentationContract {
    /** Without checksums Linux answers segmented sends with EINVAL or EIO. */
    private static final IntegerUnixChannelOption NO_CHECK = new IntegerUnixChannelOption("SO_NO_CHECK",
            Posix.SOL_SOCKET, Posix.SO_NO_CHECK);

    SegmentationTest() {
        super(MmsgTransport.INSTANCE);
    }

    private long count(Counter counter) {
        return MmsgUdp.count((MmsgDatagramChannel) channel, counter);
    }

    @Override
    protected void refuseSegmentation(boolean refuse) {
        assertThat(channel.config().setOption(NO_CHECK, refuse ? 1 : 0)).isTrue();
    }

    @Override
    protected long counted(Tally tally) {
        return count(switch (tally) {
            case SENDS -> Counter.SENDS;
            case SEGMENTED -> Counter.SEGMENTED;
            case REFUSED -> Counter.SEGMENTATION_REFUSED;
        });
    }

    @Test
    void segmentsAboveTheMtuAreSentOneByOneAndOnlyTriedOnce() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "1500");
        try {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20; i++) {
                    write(i, 3_000, peer.address());
                }
                channel.flush();
                for (int i = 0; i < 20; i++) {
                    expect(i, 3_000);
                }
            }
            assertThat(count(Counter.SEGMENTATION_REFUSED)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                write(i, 1_000, peer.address());
            }
            channel.flush();
            for (int i = 0; i < 20; i++) {
                expect(i, 1_000);
            }
            expectAllDone();
            assertThat(count(Counter.SEGMENTED)).isEqualTo(20);
        } finally {
            NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "65536");
        }
    }
}
