from django.urls import path

from yiwang.foundation.directory import mandate_views, views
from yiwang.foundation.directory.officers import views as officers
from yiwang.foundation.directory.phones import views as phones
from yiwang.foundation.directory.second_factors import passkey_views as passkeys
from yiwang.foundation.directory.second_factors import views as second_factors
from yiwang.foundation.directory.single_sign_on import views as single_sign_on

app_name = "directory"
urlpatterns = [
    path("sign-in/", views.sign_in_page, name="sign-in"),
    path("sign-in/code/", phones.sign_in_by_code, name="sign-in-by-code"),
    path("sign-in/provider/", single_sign_on.set_out, name="single-sign-on"),
    path("sign-in/provider/back/", single_sign_on.come_back, name="single-sign-on-back"),
    path("sign-in/passkey/", passkeys.sign_in_by_passkey, name="sign-in-by-passkey"),
    path("sign-in/second-factor/", second_factors.second_factor, name="second-factor"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("register/", views.register, name="register"),
    path("account/", views.account, name="account"),
    path("account/phone/", phones.confirm_phone, name="phone"),
    path("account/identity/", views.identity, name="identity"),
    path("account/provider/", single_sign_on.connect, name="connect"),
    path("account/second-factors/", second_factors.second_factors, name="second-factors"),
    path("account/second-factors/app/", second_factors.add_totp, name="totp"),
    path("account/second-factors/app/remove/", second_factors.remove_totp, name="remove-totp"),
    path("account/second-factors/passkeys/", passkeys.add_passkey, name="add-passkey"),
    path("account/second-factors/passkeys/<int:number>/remove/", passkeys.remove_passkey, name="remove-passkey"),
    path("account/second-factors/recovery-codes/", second_factors.recovery_codes, name="recovery-codes"),
    path("account/password/", views.password, name="password"),
    path("account/mandates/", mandate_views.overview, name="mandates"),
    path("account/mandates/give/", mandate_views.give, name="give-mandate"),
    path("account/mandates/staff/", mandate_views.delegate, name="delegate"),
    path("account/mandates/ask/", mandate_views.ask, name="ask-for-mandate"),
    path("account/mandates/<int:mandate>/agree/", mandate_views.agree, name="agree-to-mandate"),
    path("account/mandates/<int:mandate>/end/", mandate_views.end, name="end-mandate"),
    path("account/tokens/", views.new_token, name="new-token"),
    path("account/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke-token"),
    path("administration/people/", views.people, name="people"),
    path("administration/people/join/", officers.join, name="join"),
    path("administration/people/<int:user_id>/move/", officers.move, name="move"),
    path("administration/people/<int:user_id>/leave/", officers.leave, name="leave"),
    path("administration/people/<int:user_id>/renew/", officers.renew, name="renew-sign-in"),
    path("administration/people/appoint/", views.appoint, name="appoint"),
    path("administration/appointments/<int:appointment_id>/end/", views.end_appointment, name="end-appointment"),
]
