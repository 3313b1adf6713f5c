"""The end-point that МСЭД calls (R0.2), and the bridge's page for staff (R5.5)."""

from django.urls import path

from msed_bridge.views import callback, desk

app_name = "msed_bridge"

urlpatterns = [
    path("callback/", callback.callback, name="callback"),
    path("", desk.overview, name="overview"),
    path("search/", desk.search, name="search"),
    path("pause/", desk.pause, name="pause"),
    path("resume/", desk.resume, name="resume"),
    path("reconcile/", desk.reconcile, name="reconcile"),
    path("resend/", desk.resend_failed, name="resend_failed"),
    path("issues/<str:number>/", desk.issue, name="issue"),
    path("messages/<uuid:uid>/", desk.message, name="message"),
    path("messages/<uuid:uid>/resend/", desk.resend, name="resend"),
    path("messages/<uuid:uid>/dismiss/", desk.dismiss, name="dismiss"),
    path("notifications/<uuid:uid>/", desk.notice, name="notice"),
    path("notifications/<uuid:uid>/follow/", desk.follow, name="follow"),
    path("packages/settle/", desk.settle_packages, name="settle_packages"),
    path("packages/<int:pk>/settle/", desk.settle_package, name="settle_package"),
]
