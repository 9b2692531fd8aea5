/* app：证书统一查询服务平台 */
(function(){
var API={ code:"/prod-api/zssearch/code", query:"/prod-api/zssearch/zsInfo/netQuery", dict:"/prod-api/zssearch/dict/zjlx" };
var state={ uuid:"", personTypeCode:"03", searchType:1 };
var FIELDS=[["zsNum","证书编号"],["holderName","持证人"],["jobCategoryName","作业类别"],["operItemName","准操项目"],["firstIssueDate","初次领证日期"],["validBeginDate","有效期开始日期"],["validEndDate","有效期结束日期"],["shouldReviewDate","应复审日期"],["reviewDate","实际复审日期"],["issueOrgName","签发机关"],["zsStatus","证书状态"]];
zsMount("#app", `<div id="app"><div class="zs-layout" data-v-4c1e2a90>
<div class="zs-header" data-v-4c1e2a90><img class="zs-header__logo" src="/static/img/zs-logo.svg" alt="临江安全生产证书"><div><div class="zs-header__name">临江省安全生产证书统一查询服务平台</div><div class="zs-header__sub">临江省应急管理厅主办</div></div>
<div class="zs-header__links"><a href="/special?index=0">证书查询</a><a href="/guide">办事指南</a><a href="/batch">单位批量核验</a><a href="/faq">常见问答</a></div></div>
<div class="zs-banner">一证一码　全省通查　真伪立辨</div>
<div class="zs-main"><div class="zs-card zs-query">
<div class="zs-tabs"><span class="el-tabs__item is-active" id="tab-special">特种作业操作证</span><span class="el-tabs__item" id="tab-safety">安全生产知识和管理能力考核合格证</span></div>
<form class="el-form zs-form" onsubmit="return false">
<div class="el-form-item"><label class="el-form-item__label is-required">证件类型</label><div class="el-form-item__content"><select class="el-select" id="zsCardType"><option value="01">居民身份证</option><option value="02">护照</option><option value="03">港澳台居民居住证</option><option value="04">外国人永久居留身份证</option></select></div></div>
<div class="el-form-item"><label class="el-form-item__label is-required">证件号码</label><div class="el-form-item__content"><input class="el-input__inner" id="zsCardNum" autocomplete="off" placeholder="请输入办证时登记的证件号码"></div></div>
<div class="el-form-item"><label class="el-form-item__label is-required">持证人姓名</label><div class="el-form-item__content"><input class="el-input__inner" id="zsHolder" autocomplete="off" placeholder="请输入持证人姓名"></div></div>
<div class="el-form-item"><label class="el-form-item__label is-required">图形验证码</label><div class="el-form-item__content"><input class="el-input__inner" id="zsCode" style="width:60%" autocomplete="off" placeholder="请输入计算结果"><img class="zs-captcha" id="zsCaptcha" alt="点击刷新" src="/static/img/zs-captcha.svg"></div></div>
<div class="el-message" id="zsMessage"></div>
<div style="text-align:center"><button class="el-button" id="zsReset">重 置</button>　<button class="el-button el-button--primary" id="zsSubmit">查 询</button></div>
</form>
<p class="zs-tip">温馨提示：本平台是临江省特种作业操作证唯一线上核验渠道，网址以 anquan.gov.test 结尾。平台不收费、不发送短信链接，请勿向他人提供验证码。</p>
</div>
<div class="zs-card zs-side"><h4>证书核验须知</h4><ul><li>证书信息每日凌晨与考试系统同步</li><li>扫码核验须通过官方公众号完成</li><li>电子证照与实体证书同等有效</li><li>查询记录留存备查，请勿冒用他人身份</li><li>对结果有异议可在线提交复核申请</li></ul>
<h4 style="margin-top:22px">证书状态说明</h4><ul><li>有效：在有效期内且按期复审</li><li>待复审：应复审日期前九十日内</li><li>失效：逾期未复审或未换证</li><li>注销：发证机关已依法注销</li></ul>
<div class="zs-qr"><img src="/static/img/zs-gzh.svg" alt="公众号二维码"><br>关注“临江安全生产考试”公众号</div></div></div>
<div class="zs-footer">主办单位：临江省应急管理厅　承办单位：临江省安全生产考试与信息中心<br><a href="https://beian.miit.gov.cn/">赣ICP备05999901号-5</a>　赣公网安备 36990002000186号　平台服务热线：0999-8120066</div>
</div></div>`);
function el(id){ return document.getElementById(id); }
function message(text){ var m=el("zsMessage"); m.textContent=text; m.style.display="block"; }
function captcha(){ zsHttp.get(API.code,{},function(r){ state.uuid=r.uuid; el("zsCaptcha").src="data:image/svg+xml;utf8,"+encodeURIComponent(r.img); }); }
function submit(){
  if(!el("zsCardNum").value){ return message("请输入证件号码"); }
  if(!el("zsHolder").value){ return message("请输入持证人姓名"); }
  if(!el("zsCode").value){ return message("请输入图形验证码"); }
  zsHttp.get(API.query,{ name:el("zsHolder").value, searchType:state.searchType, idcardNum:el("zsCardNum").value, idcardTypeCode:el("zsCardType").value, code:el("zsCode").value, uuid:state.uuid, personTypeCode:state.personTypeCode },function(r){
    if(!r.rows||!r.rows.length){ captcha(); return message(r.msg||"没有查询到相关证件信息！"); }
    var row=r.rows[0]; message(FIELDS.map(function(f){ return f[1]+"："+(row[f[0]]||"—"); }).join("　"));
  });
}
el("zsSubmit").onclick=submit; el("zsReset").onclick=function(){ document.querySelector(".zs-form").reset(); captcha(); };
el("zsCaptcha").onclick=captcha; captcha();
})();
