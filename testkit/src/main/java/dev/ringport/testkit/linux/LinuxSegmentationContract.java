// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.SegmentationContract;
import io.netty.channel.unix.IntegerUnixChannelOption;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Segmented sends where the kernel refuses them, and where the device's MTU does. */
public abstract class LinuxSegmentationContract extends SegmentationContract {
    /** Without checksums Linux answers segmented sends with EINVAL or EIO. */
    private static final IntegerUnixChannelOption NO_CHECK = new IntegerUnixChannelOption("SO_NO_CHECK",
            Posix.SOL_SOCKET, Posix.SO_NO_CHECK);

    private final LinuxTransport<?, ?> linux;

    protected LinuxSegmentationContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    @Override
    protected void refuseSegmentation(boolean refuse) {
        assertThat(channel.config().setOption(NO_CHECK, refuse ? 1 : 0)).isTrue();
    }

    @Override
    protected long counted(Tally tally) {
        return linux.count(channel, switch (tally) {
            case SENDS -> LinuxCounter.SENDS;
            case SEGMENTED -> LinuxCounter.SEGMENTED;
            case REFUSED -> LinuxCounter.SEGMENTATION_REFUSED;
        });
    }

    @Test
    protected void segmentsAboveTheMtuAreSentOneByOneAndOnlyTriedOnce() throws Exception {
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
            assertThat(linux.count(channel, LinuxCounter.SEGMENTATION_REFUSED)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                write(i, 1_000, peer.address());
            }
            channel.flush();
            for (int i = 0; i < 20; i++) {
                expect(i, 1_000);
            }
            expectAllDone();
            assertThat(linux.count(channel, LinuxCounter.SEGMENTED)).isEqualTo(20);
        } finally {
            NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "65536");
        }
    }
}
