"""From links and encoders to Bitly's data."""

from gateway.compat.bitly.links import render
from linkmeter.links.v1 import link_graph_service_pb2, links_pb2


def test_encoders_show_names_on_request() -> None:
    """expand_user adds display names."""
    encoder = link_graph_service_pb2.Encoder(
        owner=links_pb2.Owner(login="mang0", display_name="Mango"), short_url="http://bit.ly/a5YvlH"
    )
    encoder.create_time.seconds = 1265002617
    answer = link_graph_service_pb2.ListEncodersResponse(encoders=[encoder], aggregate_short_url="http://bit.ly/900913")
    plain = {"link": "http://bit.ly/a5YvlH", "ts": 1265002617, "user": "mang0"}
    assert render.encoders(answer, expand_user=False)["entries"] == [plain]
    assert render.encoders(answer, expand_user=True)["entries"] == [
        {**plain, "display_name": "Mango", "full_name": "Mango"}
    ]
