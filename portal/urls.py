"""Addresses of the portal; the names of R0.2."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from portal.information import views as information
from portal.views import (
    authorities,
    feeds,
    health,
    issue,
    lists,
    mapping,
    media,
    pages,
    tiles,
    verify,
    voices,
)


class NumberConverter(StringConverter):
    """A message's public number: the year and the number within it."""

    regex = r"\d{4}-\d{1,9}"


register_converter(NumberConverter, "number")

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("robots.txt", pages.robots),
    path("favicon.ico", pages.favicon),
    path("map/", mapping.map_page, name="map"),
    path("map/issues.json", mapping.map_issues, name="map_issues"),
    path("map/places.json", mapping.map_places, name="map_places"),
    path("tiles/base/<int:zoom>/<int:x>/<int:y>.svg", tiles.base_tile, name="base_tile"),
    path("tiles/region.svg", tiles.region, name="region_picture"),
    path("issues/", lists.issue_list, name="issues"),
    path("issues/<number:number>/", issue.issue_page, name="issue"),
    path("pages/", information.page_list, name="pages"),
    path("pages/<slug:slug>/", information.page, name="page"),
    path("services/", information.services, name="services"),
    path("issues/<number:number>/timeline.json", verify.issue_timeline, name="timeline"),
    path("issues/<number:number>/verify/", verify.verify_page, name="verify"),
    path("issues/<number:number>/support/", voices.support, name="support"),
    path("issues/<number:number>/repair/", voices.repair, name="repair"),
    path("issues/<number:number>/survey/", voices.survey, name="survey"),
    path("issues/<number:number>/report/", voices.report, name="report"),
    path("issues/<number:number>/control/", voices.control, name="control"),
    path("still-fixed/<str:token>/", voices.still_fixed, name="still_fixed"),
    path("issues/<number:number>/place.svg", tiles.place, name="place_picture"),
    path("feeds/issues/", feeds.issue_list, name="feed"),
    path("feeds/issues/<number:number>/", feeds.issue, name="issue_feed"),
    path("feeds/authorities/<slug:slug>/", feeds.authority, name="authority_feed"),
    path("authorities/", authorities.authority_list, name="authorities"),
    path("authorities/<slug:slug>/", authorities.authority_page, name="authority"),
    path("media/<uuid:uid>/", media.attachment, name="media"),
    path("media/<uuid:uid>/page/", media.attachment, {"size": "page"}, name="media_page"),
    path(
        "media/<uuid:uid>/thumbnail/",
        media.attachment,
        {"size": "thumbnail"},
        name="media_thumbnail",
    ),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("", include("portal.filing.urls")),
    path("", include("portal.my.urls")),
]
